import ts from 'typescript'
import { test } from '@japa/runner'
import { addEnvRule, addToJsonArray } from '../../src/Configure/sourceEdits'
import { readVariable, setVariable } from '../../src/Configure/dotenv'

const IMPORT = `import Env from '@ioc:Adonis/Core/Env'\n`
const A = `A: Env.schema.string()`
const RULE = `SESSION_DRIVER: Env.schema.string()`

test.group('Configure | env.ts', () => {
  test('adds the rule when {title}')
    .with([
      { title: 'there is none', from: `Env.rules({})`, to: `Env.rules({ ${RULE} })` },
      {
        title: 'there is none, on two lines',
        from: `Env.rules({\n})`,
        to: `Env.rules({\n  ${RULE}\n})`,
      },
      {
        title: 'all are on one line',
        from: `Env.rules({ ${A} })`,
        to: `Env.rules({ ${A}, ${RULE} })`,
      },
      {
        title: 'there is a trailing comma',
        from: `Env.rules({\n  ${A},\n})`,
        to: `Env.rules({\n  ${A},\n  ${RULE},\n})`,
      },
      {
        title: 'there is no trailing comma',
        from: `Env.rules({\n  ${A} // why\n})`,
        to: `Env.rules({\n  ${A}, // why\n  ${RULE}\n})`,
      },
      {
        title: 'lines end with CRLF and begin with tabs',
        from: `Env.rules({\r\n\t${A},\r\n})\r\n`,
        to: `Env.rules({\r\n\t${A},\r\n\t${RULE},\r\n})\r\n`,
      },
      {
        title: 'the last rule has brackets and braces of its own',
        from: `Env.rules({\n  B: Env.schema.enum(['})'] as const),\n})`,
        to: `Env.rules({\n  B: Env.schema.enum(['})'] as const),\n  ${RULE},\n})`,
      },
      {
        title: 'comments follow, and hold a brace and the very rule',
        from: `Env.rules({\n  ${A}, // })\n  // ${RULE},\n  /* } */\n})\nexport {}`,
        to: `Env.rules({\n  ${A}, // })\n  // ${RULE},\n  /* } */\n  ${RULE},\n})\nexport {}`,
      },
    ])
    .run(({ assert }, { from, to }) => {
      assert.equal(addEnvRule(ts, IMPORT + from, 'SESSION_DRIVER'), IMPORT + to)
    })

  test('uses the name under which the file imports Env', ({ assert }) => {
    const from = `\uFEFFimport E from "@ioc:Adonis/Core/Env";\nexport default E\n  .rules({ A: E.schema.string() });`

    assert.equal(
      addEnvRule(ts, from, 'SESSION_DRIVER'),
      from.replace(' });', ', SESSION_DRIVER: E.schema.string() });')
    )
  })

  test('leaves a rule as it is: {$self}')
    .with([
      `Env.rules({ ${RULE} })`,
      `Env.rules({ 'SESSION_DRIVER' : Env.schema.enum(['cookie'] as const) })`,
      `Env.rules({\r\n  "SESSION_DRIVER":\r\n    Env.schema.string.optional()\r\n})`,
      `Env.rules({ ['SESSION_DRIVER']: Env.schema.string() })`,
      `const rules = { ${RULE} }\nexport default Env.rules(rules)`,
    ])
    .run(({ assert }, text) => {
      assert.equal(addEnvRule(ts, IMPORT + text, 'SESSION_DRIVER'), IMPORT + text)
    })

  test('does not touch another form: {$self}')
    .with([
      '',
      `Env.rules({ ${A} })`,
      `${IMPORT}Env.rules(rules)`,
      `${IMPORT}Env.rules({ ...rules })`,
      `${IMPORT}// Env.rules({ ${A} })`,
      `${IMPORT}Env.rules({ ${A} })\nEnv.rules({ ${A} })`,
      `${IMPORT}Env.rules({ ${A}`,
    ])
    .run(({ assert }, text) => {
      assert.isNull(addEnvRule(ts, text, 'SESSION_DRIVER'))
    })
})

test.group('Configure | JSON with comments', () => {
  test('adds to the list {from}')
    .with([
      { from: '[]', to: '["new"]' },
      { from: '["a"]', to: '["a", "new"]' },
      { from: '["a",]', to: '["a", "new",]' },
      { from: '[\n    "a"\n  ]', to: '[\n    "a",\n    "new"\n  ]' },
      { from: '[\r\n\t"a", // ]\r\n]', to: '[\r\n\t"a", // ]\r\n\t"new",\r\n]' },
      { from: '["new"]', to: '["new"]' },
      { from: '["new/build/typings"]', to: '["new/build/typings"]' },
      { from: '["newer", "@x/new"]', to: '["newer", "@x/new", "new"]' },
    ])
    .run(({ assert }, { from, to }) => {
      const file = (list: string) => `// "a": []\n{ "b": { "a": ${list}, }, /* end */ }\n`

      assert.equal(addToJsonArray(ts, file(from), ['b', 'a'], 'new'), file(to))
    })

  test('finds no list in {$self}')
    .with(['', '{}', '[]', '{ "b": [] }', '{ "b": { "a": "x" } }'])
    .run(({ assert }, text) => {
      assert.isNull(addToJsonArray(ts, text, ['b', 'a'], 'new'))
    })
})

test.group('Configure | .env', () => {
  test('reads {value} from {text}')
    .with([
      { text: 'A=1\nKEY=file\nB=2', value: 'file' },
      { text: 'export KEY = file ', value: 'file' },
      { text: `KEY='file' # mine`, value: 'file' },
      { text: 'KEY=file # mine\r\n', value: 'file' },
      { text: 'KEY=\r\nB=file', value: '' },
      { text: 'KEY=""\n', value: '' },
      { text: 'KEY= # cookie or file', value: '' },
      { text: '# KEY=file\nMY_KEY=file\nKEYS=file', value: '' },
      { text: 'KEY=cookie\nA=1\nKEY=file', value: 'file' },
      { text: 'KEY=cookie\nKEY=', value: '' },
    ])
    .run(({ assert }, { text, value }) => {
      assert.equal(readVariable(text, 'KEY'), value)
    })

  test('sets what is absent or empty: {from}')
    .with([
      { from: '', to: 'KEY=new\n' },
      { from: '\n\nA=1', to: '\n\nA=1\nKEY=new\n' },
      { from: 'A=1  \r\n\r\n', to: 'A=1  \r\n\r\nKEY=new\r\n' },
      { from: 'KEY=\r\nA=1\r\n', to: 'KEY=new\r\nA=1\r\n' },
      { from: 'KEY= # why\nA=1', to: 'KEY=new # why\nA=1' },
      { from: '#KEY=a', to: '#KEY=a\nKEY=new\n' },
      { from: ' KEY = "old"', to: ' KEY = "old"' },
      { from: 'KEY=a\nKEY=b', to: 'KEY=a\nKEY=b' },
      { from: 'KEY=a\nKEY= # why\nB=1', to: 'KEY=a\nKEY=new # why\nB=1' },
    ])
    .run(({ assert }, { from, to }) => {
      assert.equal(setVariable(from, 'KEY', 'new'), to)
    })
})
