import { test } from '@japa/runner'
import { cpSync, readFileSync, statSync, writeFileSync } from 'fs'
import { join } from 'path'
import { ahead } from '../helpers/ahead'
import { filesUnder, ROOT } from '../helpers/imports'
import { installedAs, mustRun, OLD_NAME, OWN_NAME, packed, run } from '../helpers/packed'
import { pages, textOf } from '../helpers/snippets'

const PROGRAM = 'test/fixtures/package-app'
const NAMES = [{ name: OWN_NAME }, { name: OLD_NAME }]
/** The oldest and the last TypeScript that apps of AdonisJS 5 are built with. */
const COMPILERS = ['typescript-4.6', 'typescript'].map((compiler) => ({
  compiler,
  version: require(`${compiler}/package.json`).version,
}))
const EACH = NAMES.flatMap(({ name }) => COMPILERS.map((compiler) => ({ name, ...compiler })))

const TOP_LEVEL = ['CHANGELOG.md', 'LICENSE', 'README.md', 'build', 'docs', 'package.json']
const BUILD = [
  ...['adonis-typings', 'config', 'plugins', 'providers', 'src', 'templates'],
  ...['instructions.d.ts', 'instructions.js'],
]
/** Pages for those who change the package, and pages of measurements. */
const NOT_PACKED = [/^docs\/(decisions|mutations)\.md$/, /^docs\/benchmarks\//]

/** What an app downloads at most; CONTRIBUTING.md says how much it is. */
const LIMIT_IN_BYTES = 300_000

const NOT_FOR_USERS = [
  /(^|\/)(tests?|fixtures|examples?|benchmarks?|bin|node_modules|tmp)\//,
  /\.(spec\.\w+|tsbuildinfo|tgz|map|log)$/,
  /(?<!\.d)\.ts$/,
]

/** The paths that apps and packages import, with what they take from there. */
const IMPORTS: Record<string, string[]> = {
  '': ['default'],
  '/build/adonis-typings': [],
  '/build/config': ['sessionConfig'],
  '/build/plugins/browser_client': ['sessionBrowserClient'],
  '/build/src/Client': ['SessionClient'],
  '/build/src/Drivers/Cookie': ['CookieDriver'],
  '/build/src/Drivers/File': ['FileDriver'],
  '/build/src/Drivers/Memory': ['MemoryDriver'],
  '/build/src/Drivers/Redis': ['RedisDriver'],
  '/build/src/Session': ['Session'],
  '/build/src/SessionManager': ['SessionManager'],
  '/build/src/Store': ['Store'],
}

/** A compiler that reports these has looked: it reports none once it cannot parse one of our lines. */
const MISTAKES = ['TS2322', 'TS2345', 'TS2551', 'TS2739'].map((code) => `mistakes.ts ${code}`)

/** Each compiler has a copy of its own. */
let programs = 0

/** Puts the program of the fixtures into an app that has the package under the given name. */
async function programIn(app: string, name: string): Promise<string> {
  const program = join(app, `program-${++programs}`)
  cpSync(join(ROOT, PROGRAM), program, { recursive: true })
  const sources = filesUnder(PROGRAM).map((file) => file.slice(PROGRAM.length + 1))
  for (const file of [...sources, 'tsconfig.json', 'tsconfig.libraries.json']) {
    const text = readFileSync(join(program, file), 'utf8')
    writeFileSync(join(program, file), text.split(OWN_NAME).join(name))
  }
  return program
}

/** The errors that a compiler reports: file and code, such as `mistakes.ts TS2345`. */
async function errorsOf(compiler: string, program: string, project: string): Promise<string[]> {
  const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc')
  const { output } = await run(process.execPath, [tsc, '--pretty', 'false', '-p', project], program)
  return [...output.matchAll(/^(\S+)\(\d+,\d+\): error (TS\d+)/gm)].map(
    ([, file, code]) => `${file} ${code}`
  )
}

test.group('Package', (group) => {
  group.each.timeout(300_000)

  test('the tarball holds what a user needs and nothing else', async ({ assert }) => {
    const { files } = await packed()
    const within = (folder: string) =>
      files.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length))
    const entries = (paths: string[]) => [...new Set(paths.map((path) => path.split('/')[0]))]

    assert.sameMembers(entries(files), TOP_LEVEL)
    assert.sameMembers(entries(within('build/')), BUILD)
    assert.deepEqual(
      files.filter((file) => NOT_FOR_USERS.some((pattern) => pattern.test(file))),
      []
    )
  })

  test('the tarball holds the pages for users and operators, and of the site nothing else', async ({
    assert,
  }) => {
    const { files } = await packed()
    const written = pages().filter((page) => page.startsWith('docs/'))
    const isPacked = (page: string) => !NOT_PACKED.some((pattern) => pattern.test(page))
    assert.include(written, 'docs/guides/auth.md')
    assert.sameMembers(
      files.filter((file) => file.startsWith('docs/')),
      written.filter(isPacked)
    )
  })

  test('the tarball is no larger than CONTRIBUTING.md says', async ({ assert }) => {
    const { tarball } = await packed()
    const { size } = statSync(tarball)
    assert.isAtMost(size, LIMIT_IN_BYTES)
    assert.include(textOf('CONTRIBUTING.md'), `${LIMIT_IN_BYTES / 1000} KB`)
  })

  test('npm installs it as {name} beside auth and shield, and finds the peers met')
    .with(NAMES)
    .run(async ({ assert }, { name }) => {
      const app = await installedAs(name)
      const { code, output } = await run('npm', ['ls'], app)
      assert.equal(code, 0, output)
      assert.include(output, `${name}@`)
    })

  test('every import path of {name} gives what is imported from it')
    .with(NAMES)
    .run(async ({ assert }, { name }) => {
      const app = await installedAs(name)
      const paths = Object.keys(IMPORTS).map((path) => name + path)
      const script = `console.log(JSON.stringify(${JSON.stringify(paths)}.map((path) => {
        const found = require(path)
        return Object.keys(found).filter((key) => typeof found[key] === 'function')
      })))`

      const found = JSON.parse(await mustRun(process.execPath, ['-e', script], app))
      Object.values(IMPORTS).forEach((names, i) => assert.includeMembers(found[i], names, paths[i]))
    })

  const errorsOfEach = ahead(EACH, async ({ name, compiler }) =>
    errorsOf(compiler, await programIn(await installedAs(name), name), 'tsconfig.json')
  )
  const errorsWithLibraries = ahead(COMPILERS, async ({ compiler }) => {
    const program = await programIn(await installedAs(OWN_NAME), OWN_NAME)
    return errorsOf(compiler, program, 'tsconfig.libraries.json')
  })

  test(
    'an app that uses {name} widely compiles with TypeScript {version}, and its mistakes are found'
  )
    .with(EACH)
    .run(async ({ assert }, each) => {
      assert.deepEqual(await errorsOfEach(each), MISTAKES)
    })

  test('the typings are without error in TypeScript {version}')
    .with(COMPILERS)
    .run(async ({ assert }, compiler) => {
      const errors = await errorsWithLibraries(compiler)
      assert.includeMembers(errors, MISTAKES)
      assert.deepEqual(
        errors.filter((error) => error.includes(`node_modules/${OWN_NAME}/`)),
        []
      )
    })
})
