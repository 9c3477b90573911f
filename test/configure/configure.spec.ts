import ts from 'typescript'
import { join } from 'path'
import { readFileSync } from 'fs'
import { test } from '@japa/runner'
import { freshApp, FreshApp, removeApps } from '../helpers/fresh_app'
import { installedName } from '../../src/Configure/packageName'

const OWN_NAME = 'adonis5-session'
const OLD_NAME = '@adonisjs/session'
const NAMES = [OWN_NAME, OLD_NAME]

const DOWN = '\x1b[B'
const ENTER = '\r'
const CTRL_C = '\x03'

/** The code of a file, without its comments. */
function code(text: string): string {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, removeComments: true, target: 99 },
  })
  return outputText
}

/** A file of an app that does something with its session. */
function routeThat(does: string): string {
  return `import Route from '@ioc:Adonis/Core/Route'
    Route.get('/more', async ({ session }) => { ${does} })`
}

function providersOf(app: FreshApp): string[] {
  return JSON.parse(app.read('.adonisrc.json')).providers
}

function typesOf(app: FreshApp): string[] {
  return ts.parseConfigFileTextToJson('', app.read('tsconfig.json')).config.compilerOptions.types
}

/** An app as `node ace configure @adonisjs/session` of version 6.4.0 leaves it. */
function appOf640(): FreshApp {
  const app = freshApp(OLD_NAME)
  const root = join(__dirname, '..', '..', 'node_modules', OLD_NAME)

  app.write('config/session.ts', readFileSync(join(root, 'build/templates/session.txt'), 'utf-8'))
  app.write('.env', `${app.read('.env')}SESSION_DRIVER=file`)
  app.write('.env.example', `${app.read('.env.example')}SESSION_DRIVER=cookie`)
  app.edit('env.ts', 'rules({', `rules({\n  'SESSION_DRIVER': Env.schema.string(),`)
  app.edit('.adonisrc.json', '"@adonisjs/core"]', `"@adonisjs/core", "${OLD_NAME}"]`)
  app.edit('tsconfig.json', '"@adonisjs/core"]', `"@adonisjs/core", "${OLD_NAME}"]`)
  return app
}

test.group('Configure', (group) => {
  group.each.teardown(removeApps)
  group.each.timeout(120_000)

  test('writes the config for {$self}')
    .with(NAMES)
    .run(async ({ assert }, name) => {
      const app = freshApp(name)
      const { output, code: exitCode } = await app.configure(name)

      assert.equal(exitCode, 0, output)
      assert.include(output, 'CREATE: config/session.ts\n')
      assert.equal(
        code(app.read('config/session.ts')),
        code(`
          import Env from '@ioc:Adonis/Core/Env'
          import Application from '@ioc:Adonis/Core/Application'
          import { sessionConfig } from '${name}/build/config'

          export default sessionConfig({
            enabled: true,
            driver: Env.get('SESSION_DRIVER'),
            cookieName: 'adonis-session',
            clearWithBrowser: false,
            age: '2h',
            touchEvery: '1m',
            saveUninitialized: false,
            storeTimeout: '5s',
            dontFlash: ['password', 'password_confirmation'],
            cookie: {
              path: '/',
              httpOnly: true,
              secure: Application.inProduction,
              sameSite: 'lax',
            },
            file: {
              location: Application.tmpPath('sessions'),
            },
            redisConnection: 'local',
            database: {
              table: 'sessions',
            },
          })
        `)
      )
      assert.include(app.read('config/session.ts'), `\n  // absoluteAge: '30d',\n`)
    })

  test('writes a contract that declares nothing yet', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    const { output } = await app.configure(OWN_NAME)

    assert.include(output, 'CREATE: contracts/session.ts\n')
    const contract = app.read('contracts/session.ts')
    assert.match(contract, /^ {2}interface SessionValues \{\n( {4}\/\/ .+\n)+ {2}\}$/m)
    assert.match(contract, /^ {2}interface FlashValues \{\n( {4}\/\/ .+\n)+ {2}\}$/m)
    app.write('start/any.ts', routeThat("session.put('anything', 1)"))
    assert.deepInclude(await app.typeCheck(), { code: 0, output: '' })
  })

  test('the example of the contract types the keys once it is no comment', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    await app.configure(OWN_NAME)
    const contract = app.read('contracts/session.ts')
    const declared = contract.replace(/^( +)\/\/ (?=.*[:{}])(?!With)/gm, '$1')
    app.write('contracts/session.ts', declared.replace('userId:', 'visits: number; userId:'))
    app.write('start/known.ts', routeThat("session.put('cart.items.1001', 1)"))
    assert.deepInclude(await app.typeCheck(), { code: 0, output: '' })

    app.write('start/wrong.ts', routeThat("session.put('userId', 'one')"))
    app.write('start/unknown.ts', routeThat("session.get('usrId')"))
    const { output } = await app.typeCheck()
    assert.match(output, /^start\/unknown\.ts.*"usrId"/m)
    assert.match(output, /^start\/wrong\.ts.*'string'.*'number'/m)
    assert.lengthOf(output.match(/error TS/g)!, 2)
  })

  test('keeps a contract that is there, and goes by the directory of the app', async ({
    assert,
  }) => {
    const app = freshApp(OWN_NAME)
    app.write('contracts/session.ts', '// mine\r\n')
    const { output } = await app.configure(OWN_NAME)
    assert.include(output, 'SKIP:   contracts/session.ts')
    assert.equal(app.read('contracts/session.ts'), '// mine\r\n')

    app.edit('.adonisrc.json', '{', '{ "directories": { "contracts": "types" },')
    await app.configure(OWN_NAME)
    assert.include(app.read('types/session.ts'), 'interface SessionValues')
  })

  test('sets the variable, its rule, the provider and the types for {$self}')
    .with(NAMES)
    .run(async ({ assert }, name) => {
      const app = freshApp(name)
      const before = app.bytes()
      const { output } = await app.configure(name)

      assert.equal(app.read('.env'), `${before['.env']}SESSION_DRIVER=cookie\n`)
      assert.equal(app.read('.env.example'), app.read('.env'))
      assert.equal(
        app.read('env.ts'),
        before['env.ts'].replace('\n})', '\n  SESSION_DRIVER: Env.schema.string(),\n})')
      )
      assert.deepEqual(providersOf(app), ['./providers/AppProvider', '@adonisjs/core', name])
      assert.deepEqual(typesOf(app), ['@types/node', '@adonisjs/core', name])
      assert.include(app.read('tsconfig.json'), '/* What declares the "@ioc:" modules */')

      assert.include(output, 'UPDATE: .env { SESSION_DRIVER = cookie }\n')
      assert.include(output, 'UPDATE: .env.example { SESSION_DRIVER = cookie }\n')
      assert.include(output, 'UPDATE: env.ts { SESSION_DRIVER: Env.schema.string() }\n')
      assert.include(output, `UPDATE: .adonisrc.json { providers += "${name}" }\n`)
      assert.include(
        output,
        `UPDATE: .adonisrc.json { commands += "${name}/build/src/Commands" }\n`
      )
      assert.include(output, `UPDATE: tsconfig.json { types += "${name}" }\n`)
      assert.notInclude(output, 'Select')
      assert.notInclude(output, 'warn')
    })

  test('leaves an app that compiles and serves sessions under {$self}')
    .with(NAMES)
    .run(async ({ assert }, name) => {
      const app = freshApp(name)
      await app.configure(name)
      assert.deepInclude(await app.typeCheck(), { code: 0, output: '' })

      const visit = await app.start()
      const { body, cookies } = await visit()
      assert.deepEqual(body, { visits: 1 })
      assert.deepEqual((await visit(cookies)).body, { visits: 2 })
      assert.lengthOf(
        cookies.filter((line) => line.startsWith('adonis-session=')),
        1
      )
    })

  test('changes no byte when it runs again, on a terminal or not')
    .with(NAMES)
    .run(async ({ assert }, name) => {
      const app = freshApp(name)
      await app.configureOnTerminal(name, DOWN + ENTER)
      const before = app.bytes()

      const { output } = await app.configure(name)
      assert.include(output, 'SKIP:   config/session.ts')
      assert.deepEqual(app.bytes(), before)

      assert.notInclude((await app.configureOnTerminal(name, ENTER)).output, 'Select')
      assert.deepEqual(app.bytes(), before)
    })

  test('asks for the driver on a terminal: {driver}')
    .with([
      { driver: 'cookie', keys: ENTER },
      { driver: 'file', keys: DOWN + ENTER },
      { driver: 'redis', keys: DOWN + DOWN + ENTER },
      { driver: 'database', keys: DOWN + DOWN + DOWN + ENTER },
    ])
    .run(async ({ assert }, { driver, keys }) => {
      const app = freshApp(OWN_NAME)
      const { code: exitCode, output } = await app.configureOnTerminal(OWN_NAME, keys)

      assert.equal(exitCode, 0, output)
      assert.match(output, /Cookie +\(.+File +\(.+Redis +\(/s)
      assert.include(app.read('.env'), `\nSESSION_DRIVER=${driver}\n`)
      assert.include(app.read('.env.example'), `\nSESSION_DRIVER=${driver}\n`)
    })

  test('does nothing when the question is aborted', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    const before = app.bytes()

    await app.configureOnTerminal(OWN_NAME, CTRL_C)
    assert.deepEqual(app.bytes(), before)
  })

  test('says how to get Redis when it is not installed', async ({ assert }) => {
    const app = freshApp(OWN_NAME, { without: '@adonisjs/redis' })
    const { code: exitCode, output } = await app.configureOnTerminal(OWN_NAME, DOWN + DOWN + ENTER)

    assert.equal(exitCode, 0, output)
    assert.lengthOf(output.match(/warn/g)!, 1)
    assert.match(output, /npm i @adonisjs\/redis@7.+node ace configure @adonisjs\/redis/)
    assert.include(providersOf(app), OWN_NAME)
  })

  test('says how to configure Redis when it is installed', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    app.write('.env', 'SESSION_DRIVER=redis\n')

    const { output } = await app.configure(OWN_NAME)
    assert.match(output, /not configured.+node ace configure @adonisjs\/redis/)

    app.edit('.adonisrc.json', '"@adonisjs/core",', '"@adonisjs/core", "@adonisjs/redis",')
    assert.notInclude((await app.configure(OWN_NAME)).output, 'warn')
  })

  test('keeps a driver that is set, and a config that is there', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    app.write('.env', 'SESSION_DRIVER = "file" # mine\r\nPORT=3333')
    app.write('config/session.ts', `export default { driver: process.env.SESSION_DRIVER }\n`)
    const before = app.bytes()

    const { output } = await app.configureOnTerminal(OWN_NAME, ENTER)
    assert.notInclude(output, 'Select')
    assert.equal(app.read('.env'), before['.env'])
    assert.equal(app.read('config/session.ts'), before['config/session.ts'])
    assert.include(app.read('.env.example'), '\nSESSION_DRIVER=file\n')
  })

  test('asks for no variable that the config does not read', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    app.write('config/session.ts', `export default { driver: 'file' }\n`)
    const before = app.bytes()

    await app.configure(OWN_NAME)
    for (const file of ['.env', '.env.example', 'env.ts', 'config/session.ts']) {
      assert.equal(app.read(file), before[file])
    }
    assert.include(providersOf(app), OWN_NAME)
  })

  test('prints what it cannot add by itself', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    app.edit('env.ts', 'export default Env.rules({', 'const rules = () => ({')
    app.write('env.ts', `${app.read('env.ts')}\nexport default Env.rules(rules())\n`)
    app.edit('tsconfig.json', '"types": ["@types/node", "@adonisjs/core"]', '"pretty": true')
    const before = app.bytes()

    const { code: exitCode, output } = await app.configure(OWN_NAME)
    assert.equal(exitCode, 0, output)
    assert.match(output, /Add the rule "SESSION_DRIVER: Env.schema.string\(\)" to/)
    assert.match(
      output,
      /Add "adonis5-session" to "compilerOptions.types" inside the tsconfig.json/
    )
    assert.equal(app.read('env.ts'), before['env.ts'])
    assert.equal(app.read('tsconfig.json'), before['tsconfig.json'])
  })

  test('adds its commands and the contract to an app of @adonisjs/session 6.4, and changes nothing else', async ({
    assert,
  }) => {
    const app = appOf640()
    const before = app.bytes()

    const { code: exitCode, output } = await app.configure(OLD_NAME)
    const {
      'ace-manifest.json': manifest,
      'contracts/session.ts': contract,
      ...after
    } = app.bytes()
    assert.equal(exitCode, 0, output)
    assert.isDefined(manifest)
    assert.isDefined(contract)
    const commands = `, "${OLD_NAME}/build/src/Commands"]`
    assert.deepEqual(
      { ...after, '.adonisrc.json': after['.adonisrc.json'].replace(commands, ']') },
      before
    )
    assert.notInclude(output, 'warn')

    assert.deepInclude(await app.typeCheck(), { code: 0, output: '' })
    const visit = await app.start()
    const { cookies } = await visit()
    assert.deepEqual((await visit(cookies)).body, { visits: 2 })
  })

  test('names where an app still has @adonisjs/session', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    app.edit('.adonisrc.json', '"@adonisjs/core"]', `"@adonisjs/core", "${OLD_NAME}"]`)

    const { output } = await app.configure(OWN_NAME)
    assert.include(output, '"@adonisjs/session" is still in .adonisrc.json.')
    const alias = 'npm rm adonis5-session && npm i @adonisjs/session@npm:adonis5-session'
    assert.include(output, `"@adonisjs/shield" depends on a package of this name`)
    assert.include(output, alias)

    const other = freshApp(OWN_NAME, { without: '@adonisjs/shield' })
    other.edit('.adonisrc.json', '"@adonisjs/core"]', `"@adonisjs/core", "${OLD_NAME}"]`)
    const without = await other.configure(OWN_NAME)
    assert.include(without.output, '"@adonisjs/session" is still in .adonisrc.json. Replace it')
    assert.notInclude(without.output, 'shield')
  })

  test('says which keys of new apps a config of 6.4 does not have', async ({ assert }) => {
    const app = appOf640()
    const { output } = await app.configure(OLD_NAME)
    assert.include(
      output,
      `config/session.ts is left as it is. New apps also have there: touchEvery: '1m', saveUninitialized: false, storeTimeout: '5s', dontFlash: ['password', 'password_confirmation'], cookie.secure: Application.inProduction. Add`
    )

    const fresh = freshApp(OWN_NAME)
    await fresh.configure(OWN_NAME)
    assert.notInclude((await fresh.configure(OWN_NAME)).output, 'New apps also have')
  })

  test('the name for cookies that the config proposes lets the app boot in every environment', async ({
    assert,
  }) => {
    const app = freshApp(OWN_NAME)
    await app.configure(OWN_NAME)
    const [proposed] = /Application\.inProduction \? .+'/.exec(app.read('config/session.ts'))!
    app.edit('config/session.ts', `cookieName: 'adonis-session'`, `cookieName: ${proposed}`)
    for (const [environment, name] of [
      ['development', 'adonis-session='],
      ['production', '__Host-session='],
    ]) {
      app.write('.env', app.read('.env').replace(/NODE_ENV=\w+/, `NODE_ENV=${environment}`))
      const visit = await app.start()
      assert.isTrue((await visit()).cookies.some((cookie) => cookie.startsWith(name)))
    }
  })

  test('writes whatever alias the app has chosen', async ({ assert }) => {
    const app = freshApp('@acme/sessions')
    assert.equal(installedName(app.root), '@acme/sessions')

    await app.configure('@acme/sessions')
    assert.include(app.read('config/session.ts'), `from '@acme/sessions/build/config'`)
    assert.deepEqual(providersOf(app).slice(-1), ['@acme/sessions'])
    assert.deepEqual(typesOf(app).slice(-1), ['@acme/sessions'])
  })

  test('goes by the name it was called by when the app has two', async ({ assert }) => {
    const app = freshApp(OWN_NAME)
    app.link(OLD_NAME)

    await app.configure(OLD_NAME)
    assert.deepEqual(providersOf(app).slice(-1), [OLD_NAME])
    assert.deepEqual(typesOf(app).slice(-1), [OLD_NAME])
  })
})
