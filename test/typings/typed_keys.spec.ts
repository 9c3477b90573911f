import { test } from '@japa/runner'
import { existsSync, readFileSync, writeFileSync } from 'fs'
import { join } from 'path'
import { ahead } from '../helpers/ahead'
import { APP_TYPES, compile, COMPILERS, Compiler, directoryInProject } from '../helpers/compilers'
import { filesUnder, ROOT } from '../helpers/imports'

const PROGRAMS = 'test/fixtures/typed-keys'
const TYPINGS = join(ROOT, 'adonis-typings', 'index.ts')

/** What a program proves. Its mistakes are marked with `@ts-expect-error`, which is an error where there is no mistake. */
const PROVES = {
  undeclared: 'an app that declares nothing compiles as it did',
  declared: 'declared keys and values are checked, and others are not',
  strict: 'with `strict`, only declared keys and those of the framework are accepted',
  flash_only: 'declared flash messages leave undeclared values of the session alone',
}

const EACH = COMPILERS.flatMap((compiler) =>
  Object.entries(PROVES).map(([program, proves]) => ({
    program,
    proves,
    compiler,
    version: compiler.version,
  }))
)

function compileWithTypings(compiler: Compiler, directory: string, ...include: string[]) {
  const compilerOptions = { types: APP_TYPES }
  return compile(compiler, directory, { compilerOptions, include: [TYPINGS, ...include] })
}

const BUILT = EACH.filter(({ program }) => program === 'declared' || program === 'strict')

test.group('Typed keys', (group) => {
  const directory = directoryInProject('typed-keys')
  group.each.timeout(300_000)

  const compiled = ahead(EACH, ({ program, compiler }) => {
    const files = filesUnder(`${PROGRAMS}/${program}`).map((file) => join(ROOT, file))
    return compileWithTypings(compiler, directory, ...files)
  })
  const compiledWithBuilt = ahead(BUILT, ({ program, compiler }) => {
    const files = [`${PROGRAMS}/${program}/*.ts`, 'build/**/*.d.ts']
    return compile(compiler, directory, {
      compilerOptions: {
        types: [...APP_TYPES, '@adonisjs/redis', '@adonisjs/lucid'],
        experimentalDecorators: true,
        skipLibCheck: false,
      },
      include: files.map((file) => join(ROOT, file)),
    })
  })

  test('{proves} (TypeScript {version})')
    .with(EACH)
    .run(async ({ assert }, each) => {
      assert.isNotEmpty(filesUnder(`${PROGRAMS}/${each.program}`))
      const { errors } = await compiled(each)
      assert.deepEqual(errors, [])
    })

  test('the built typings are without error in the app "{program}" (TypeScript {version})')
    .with(BUILT)
    .run(async ({ assert }, each) => {
      const { errors } = await compiledWithBuilt(each)
      assert.isTrue(existsSync(join(ROOT, 'build', 'src', 'Session', 'index.d.ts')))
      assert.deepEqual(
        errors.filter((error) => !error.includes('node_modules/')),
        []
      )
    })

  test('a mistake is reported at its key, with the keys there are (TypeScript {version})')
    .with(COMPILERS)
    .run(async ({ assert }, compiler) => {
      const strict = readFileSync(join(ROOT, PROGRAMS, 'strict/app.ts'), 'utf8')
      const file = join(directory, 'mistake.ts')
      writeFileSync(file, strict.replace(/^\s*\/\/ @ts-expect-error.*$/gm, ''))

      const { errors } = await compileWithTypings(compiler, directory, file)
      assert.lengthOf(errors, strict.match(/@ts-expect-error/g)!.length)
      assert.match(errors[0], /'"car\.total"' is not assignable to .*"cart\.total"/)
    })
})

/**
 * How many types the compiler may make, of programs of growing size. Time depends on the machine, and this doesn't. The
 * compiler gives up at 5,000,000 within one expression.
 */
const COSTS = [
  { what: 'an app that declares nothing', declares: 0, calls: 600, most: 20_000 },
  { what: 'an app with 6 keys', declares: 6, calls: 6, most: 20_000 },
  { what: 'an app with 4,380 paths', declares: 60, calls: 600, most: 800_000 },
]

const NAMES = [...'abcdefgh']
const TYPES = ['number', 'string', 'string[]', 'boolean', 'Date', 'null | string', '{ x: 1 }[]']

/** `count` keys; with more than a few of them, each has eight objects of eight values. */
function declarations(count: number): string {
  const leaves = NAMES.map((name, index) => `${name}: ${TYPES[index % TYPES.length]}`).join('; ')
  const objects = NAMES.map((name) => `${name}: { ${leaves} }`).join('; ')
  const keys = Array.from({ length: count }, (_, key) => `k${key}: { ${objects} }`)
  return `declare module '@ioc:Adonis/Addons/Session' {
    interface SessionValues { ${keys.join('\n')} }
  }\n`
}

const CALLS: ((key: string, name: string) => string)[] = [
  (key, name) => `session.get('${key}.${name}.b')?.length`,
  (key, name) => `session.get('${key}.${name}.a', 0).toFixed()`,
  (key, name) => `session.put('${key}.${name}.a', 1)`,
  (key, name) => `session.put({ '${key}.${name}.a': 1 })`,
  (key, name) => `session.increment('${key}.${name}.h')`,
  (key, name) => `session.push('${key}.${name}.c', 'x')`,
  (key, name) => `session.forget(['${key}', '${key}.${name}'])`,
  (key, name) => `session.has('${key}.${name}.d')`,
  (key, name) => `session.only(['${key}.${name}.d']).${key}?.${name}?.d`,
  (key) => `session.get('not.declared.${key}')`,
]

function program(declares: number, calls: number): string {
  const lines = Array.from({ length: calls }, (_, index) =>
    CALLS[index % CALLS.length](`k${index % Math.max(declares, 1)}`, NAMES[index % NAMES.length])
  )
  return `import type { SessionContract } from '@ioc:Adonis/Addons/Session'
    ${declarations(declares)}
    declare const session: SessionContract
    ${lines.join('\n')}`
}

test.group('What typed keys cost', (group) => {
  const directory = directoryInProject('typed-costs')
  group.each.timeout(300_000)

  const each = COMPILERS.flatMap((compiler) =>
    COSTS.map((cost) => ({ ...cost, compiler, version: compiler.version }))
  )
  const compiled = ahead(each, async ({ declares, calls, compiler }) => {
    const file = join(directory, `app-${declares}-${compiler.version}.ts`)
    writeFileSync(file, program(declares, 0))
    const without = await compileWithTypings(compiler, directory, file)
    writeFileSync(file, program(declares, calls))
    return { without, ...(await compileWithTypings(compiler, directory, file)) }
  })

  test('{what} is compiled with at most {most} instantiations more (TypeScript {version})')
    .with(each)
    .run(async ({ assert }, one) => {
      const { without, errors, instantiations } = await compiled(one)
      assert.deepEqual(errors, [])
      assert.isAbove(instantiations, without.instantiations)
      assert.isAtMost(instantiations - without.instantiations, one.most)
    })
})
