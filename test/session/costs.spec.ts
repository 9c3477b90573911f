import { Group, test } from '@japa/runner'
import type { SessionConfig } from '@ioc:Adonis/Addons/Session'
import { system } from '../../src/AtomicFile'
import { SessionTable } from '../../src/Sql/SessionTable'
import { databases } from '../helpers/databases'
import { CLASSES } from '../helpers/drivers'
import { Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'

/** Stands in the values of every session here, so that work on their JSON can be told from other work. */
const MARKER = 'the values of a session'

const CALLS = ['load', 'replace', 'touch', 'retire', 'read', 'write', 'destroy']

type Counts = Record<string, number>

/** Calls `note` with each call of a method, while the tests of a group run. */
function spy(group: Group, target: () => any, method: string, note: (result: any) => void) {
  group.setup(() => {
    const object = target()
    const own = Object.getOwnPropertyDescriptor(object, method)
    const original = object[method]
    object[method] = function (...args: any[]) {
      const result = original.apply(this, args)
      note({ args, result })
      return result
    }
    return () => {
      delete object[method]
      own && Object.defineProperty(object, method, own)
    }
  })
}

/**
 * Counts what requests do: calls of the driver (by their names), statements (`sql`), of the system (`fs.…`), work on
 * cookies (`sign`, `verify`, `encrypt`, `decrypt`) and on the JSON of the values (`parse`, `stringify`),
 * and the Set-Cookie lines that a visit brings home.
 */
function counterOf(group: Group, driver: string, app: () => VisitedApp) {
  let counts: Counts = {}
  const count = (name: string, by = 1) => {
    if (by) {
      counts[name] = (counts[name] ?? 0) + by
    }
  }
  const isAboutValues = (text: unknown) => (String(text).includes(MARKER) ? 1 : 0)
  const encryption = () => app().app.container.use('Adonis/Core/Encryption')

  CALLS.forEach((call) =>
    spy(
      group,
      () => CLASSES[driver].prototype,
      call,
      () => count(call)
    )
  )
  spy(
    group,
    () => SessionTable.prototype,
    'send',
    () => count('sql')
  )
  Object.keys(system).forEach((call) =>
    spy(
      group,
      () => system,
      call,
      () => count(`fs.${call}`)
    )
  )
  spy(
    group,
    () => encryption().verifier,
    'sign',
    () => count('sign')
  )
  spy(
    group,
    () => encryption().verifier,
    'unsign',
    () => count('verify')
  )
  spy(group, encryption, 'encrypt', () => count('encrypt'))
  spy(group, encryption, 'decrypt', () => count('decrypt'))
  spy(
    group,
    () => JSON,
    'parse',
    ({ args: [text] }) => count('parse', isAboutValues(text))
  )
  spy(
    group,
    () => JSON,
    'stringify',
    ({ result }) => count('stringify', isAboutValues(result))
  )

  return async (visitor: Visitor, handler: Handler, options = {}): Promise<Counts> => {
    counts = {}
    const { setCookies } = await visitor.visit(handler, options)
    count('cookies', setCookies.length)
    return counts
  }
}

/** Handlers that send nothing of the session, which would be work of their own. */
const WORKLOADS: Record<string, Handler> = {
  'does nothing with it': () => {},
  'reads a value': ({ session }) => void session.get('n'),
  'reads an object': ({ session }) => void session.get('cart'),
  'reads a small object': ({ session }) => void session.get('user'),
  'writes a value': ({ session }) => void session.increment('n'),
  'logs in': ({ session }) => {
    session.put('user', 1)
    session.regenerate()
  },
  'logs out': ({ session }) => session.invalidate(),
}

const UNCHANGED = [
  'does nothing with it',
  'reads a value',
  'reads an object',
  'reads a small object',
]

/** A change of a file: its lock with the new text, a look whether the old one is there, and a rename. */
const CHANGE = ['mkdir', 'write', 'rename', 'read', 'rename', 'rmdir']

/** One statement to read, and one for each change: a login stores the new session and retires the old id. */
const IN_A_TABLE: Record<string, Counts> = {
  'does nothing with it': { load: 1, sql: 1, parse: 1 },
  'reads a value': { load: 1, sql: 1, parse: 1 },
  'reads an object': { load: 1, sql: 1, parse: 1, stringify: 2 },
  'reads a small object': { load: 1, sql: 1, parse: 1 },
  'writes a value': { load: 1, sql: 2, parse: 1, stringify: 1, replace: 1, cookies: 1 },
  'logs in': {
    load: 1,
    sql: 3,
    parse: 3,
    stringify: 2,
    replace: 1,
    retire: 1,
    sign: 1,
    cookies: 1,
  },
  'logs out': { load: 1, sql: 2, parse: 1, retire: 1, cookies: 1 },
}

/** What each workload costs with the config of the template. What is not named is not done. */
const COSTS: Record<string, Record<string, Counts>> = {
  ...Object.fromEntries(databases().map((name) => [name, IN_A_TABLE])),
  redis: {
    'does nothing with it': { load: 1, parse: 1 },
    'reads a value': { load: 1, parse: 1 },
    'reads an object': { load: 1, parse: 1, stringify: 2 },
    'reads a small object': { load: 1, parse: 1 },
    'writes a value': { load: 1, parse: 1, stringify: 1, replace: 1, cookies: 1 },
    'logs in': { load: 1, parse: 3, stringify: 2, replace: 1, retire: 1, sign: 1, cookies: 1 },
    'logs out': { load: 1, parse: 1, retire: 1, cookies: 1 },
  },
  file: {
    'does nothing with it': { load: 1, parse: 1, ...files('read') },
    'reads a value': { load: 1, parse: 1, ...files('read') },
    'reads an object': { load: 1, parse: 1, stringify: 2, ...files('read') },
    'reads a small object': { load: 1, parse: 1, ...files('read') },
    'writes a value': {
      ...{ load: 1, parse: 1, stringify: 1, replace: 1, cookies: 1 },
      ...files('read', ...CHANGE),
    },
    'logs in': {
      ...{ load: 1, parse: 4, stringify: 2, replace: 1, retire: 1, sign: 1, cookies: 1 },
      ...files('read', 'write', 'link', 'unlink', 'read', ...CHANGE),
    },
    'logs out': {
      ...{ load: 1, parse: 2, retire: 1, cookies: 1 },
      ...files('read', 'read', ...CHANGE),
    },
  },
  // It holds objects, which a test may change in place: there is no text to go by.
  memory: {
    'does nothing with it': { load: 1, parse: 1, stringify: 1 },
    'reads a value': { load: 1, parse: 1, stringify: 1 },
    'reads an object': { load: 1, parse: 1, stringify: 3 },
    'reads a small object': { load: 1, parse: 1, stringify: 1 },
    'writes a value': { load: 1, parse: 2, stringify: 3, replace: 1, cookies: 1 },
    'logs in': { load: 1, parse: 4, stringify: 3, replace: 1, retire: 1, sign: 1, cookies: 1 },
    'logs out': { load: 1, parse: 1, stringify: 2, retire: 1, cookies: 1 },
  },
  // The text was opened by an earlier request, or sealed by one.
  cookie: {
    'does nothing with it': { load: 1, parse: 1 },
    'reads a value': { load: 1, parse: 1 },
    'reads an object': { load: 1, parse: 1, stringify: 2 },
    'reads a small object': { load: 1, parse: 1 },
    'writes a value': {
      ...{ load: 1, parse: 2, stringify: 2, replace: 1, encrypt: 1, cookies: 2 },
    },
    'logs in': {
      ...{ load: 1, parse: 5, stringify: 2, replace: 1, encrypt: 1 },
      ...{ retire: 1, destroy: 1, sign: 1, cookies: 3 },
    },
    'logs out': {
      ...{ load: 1, parse: 2 },
      ...{ retire: 1, destroy: 1, cookies: 2 },
    },
  },
}

/** What an unchanged session costs beside with the documented config, which touches it each time. */
const TOUCH: Record<string, Counts> = {
  ...Object.fromEntries(databases().map((name) => [name, { touch: 1, sql: 1, cookies: 1 }])),
  redis: { touch: 1, cookies: 1 },
  file: { touch: 1, cookies: 1, ...files('read') },
  memory: { touch: 1, cookies: 1, stringify: 2 },
  cookie: { touch: 1, cookies: 2, parse: 1, stringify: 1, encrypt: 1 },
}

/** With the documented config, every visitor has an id: whoever logged out gets a new one. */
const NEW_ID: Counts = { sign: 1 }

function files(...calls: string[]): Counts {
  return calls.map((call) => ({ [`fs.${call}`]: 1 })).reduce(sum)
}

function sum(one: Counts, other: Counts): Counts {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
}

for (const driver of Object.keys(COSTS)) {
  const group = (
    config: string,
    session: Partial<SessionConfig>,
    extra: (title: string) => Counts
  ) =>
    test.group(`What a request costs: ${driver}, ${config} config`, (tests) => {
      const { app } = sharedApp(tests, driver, { session })
      const costOf = counterOf(tests, driver, app)

      /** A visitor with a session, whose cookies the app has seen before. */
      async function returning(): Promise<Visitor> {
        const visitor = app().visitor()
        await visitor.visit(({ session: own }) =>
          own.put({ n: 1, cart: { items: [MARKER] }, user: { id: 1 } })
        )
        await visitor.visit(() => {})
        return visitor
      }

      for (const [title, handler] of Object.entries(WORKLOADS)) {
        test(`a handler that ${title}`, async ({ assert }) => {
          const cost = await costOf(await returning(), handler)
          assert.deepEqual(cost, sum(COSTS[driver][title], extra(title)))
        })
      }

      test('a stranger, as long as nothing is stored', async ({ assert }) => {
        const cost = await costOf(app().visitor(), ({ session: own }) => void own.get('n'))
        assert.deepEqual(cost, config === 'template' ? {} : { sign: 1, cookies: 1 })
      })
    })

  group('template', { touchEvery: '1m', saveUninitialized: false }, () => ({}))
  group('documented', {}, (title) =>
    UNCHANGED.includes(title) ? TOUCH[driver] : title === 'logs out' ? NEW_ID : {}
  )
}

/** Taking waiting messages out of the values, and putting the values back without them. */
const APART: Counts = { parse: 1, stringify: 1 }
const WITHOUT: Counts = { parse: 1 }

for (const driver of Object.keys(COSTS)) {
  test.group(`What a request costs while a message waits for a page: ${driver}`, (tests) => {
    const session = { touchEvery: '1m', saveUninitialized: false, flashTo: 'page' } as const
    const { app } = sharedApp(tests, driver, { session })
    const costOf = counterOf(tests, driver, app)
    const page = { headers: { accept: 'text/html' } }
    const reading = sum(COSTS[driver]['does nothing with it'], APART)

    async function returning(): Promise<Visitor> {
      const visitor = app().visitor()
      await visitor.visit(({ session: own }) => {
        own.put({ n: 1, cart: { items: [MARKER] } })
        own.flash('note', 'Saved')
      })
      await visitor.visit(() => {})
      return visitor
    }

    test('an XHR reads, and writes nothing', async ({ assert }) => {
      assert.deepEqual(await costOf(await returning(), () => {}), reading)
    })

    test('a redirect reads, and writes nothing', async ({ assert }) => {
      const onward: Handler = ({ response }) => response.redirect('/')
      assert.deepEqual(await costOf(await returning(), onward, page), reading)
    })

    test('a page writes, once', async ({ assert }) => {
      const writing = [COSTS[driver]['writes a value'], APART, WITHOUT].reduce(sum)
      const visitor = await returning()
      assert.deepEqual(await costOf(visitor, () => {}, page), writing)
      const after = await costOf(visitor, () => {}, page)
      assert.deepEqual(after, COSTS[driver]['does nothing with it'])
    })
  })
}
