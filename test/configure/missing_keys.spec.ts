import ts from 'typescript'
import { test } from '@japa/runner'
import { missingKeys } from '../../src/Configure/missingKeys'

const TEMPLATE = `export default sessionConfig({
  age: '2h',
  dontFlash: [
    'a',
  ],
  cookie: { path: '/', secure: true },
  file: { location: '/' },
})`

test.group('Configure | keys that a config lacks', () => {
  test('{title}')
    .with([
      { title: 'none', config: TEMPLATE, missing: [] },
      {
        title: 'of a plain object, with the values of the template on a line',
        config: `export default { cookie: { secure: false }, 'age': 1 }`,
        missing: [`dontFlash: [ 'a', ]`, `cookie.path: '/'`],
      },
      {
        title: 'a section as a whole',
        config: `export default sessionConfig({ age, dontFlash })`,
        missing: [`cookie: { path: '/', secure: true }`],
      },
      {
        title: 'none of cookies whose attributes come from elsewhere',
        config: `export default sessionConfig({
          age: 1, dontFlash: [], cookie() { return {} } })`,
        missing: [],
      },
      {
        title: 'none of a config that spreads another one',
        config: `export default sessionConfig({ ...base, cookie: {} })`,
        missing: [],
      },
      {
        title: 'none of cookies that spread others',
        config: `export default { age: 1, dontFlash: [], cookie: { ...base } }`,
        missing: [],
      },
      {
        title: 'none of a config that is not in the file',
        config: `const config = {}\nexport default config`,
        missing: [],
      },
      { title: 'none of a file with a syntax error', config: `export default {{`, missing: [] },
      { title: 'none of an empty file', config: '', missing: [] },
    ])
    .run(({ assert }, { config, missing }) => {
      assert.deepEqual(missingKeys(ts, config, TEMPLATE), missing as string[])
    })
})
