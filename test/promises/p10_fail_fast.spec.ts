import { test } from '@japa/runner'
import { can, CLASSES, SERVER_DRIVERS } from '../helpers/drivers'
import { apps, Handler, sharedApp, Visitor } from '../helpers/visits'
import { appOn, redisOf, until } from '../redis/helpers'

const DEADLINE_IN_MS = 200
const all: Handler = ({ session }) => session.all()

/** Counts the reads of a driver, and does something in their place. */
function reads(driver: string) {
  const { prototype } = CLASSES[driver]
  const method = can(driver, 'isAtomic') ? 'load' : 'read'
  const original = prototype[method]
  const watched = { count: 0, instead: (read: () => any, _count: number): any => read() }
  prototype[method] = function (...args: any[]) {
    const read = () => original.apply(this, args)
    return watched.instead(read, ++watched.count)
  }
  return {
    /** What happens from now on in place of a read; they are counted anew. */
    become(instead: typeof watched.instead) {
      Object.assign(watched, { instead, count: 0 })
    },
    count: () => watched.count,
    restore: () => void (prototype[method] = original),
  }
}

function blockFor(timeInMs: number) {
  const end = Date.now() + timeInMs
  while (Date.now() < end);
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P10 A store that is known to be down: ${driver}`, (group) => {
    group.each.timeout(30_000)
    const { visitor } = sharedApp(group, driver, {
      session: { storeTimeout: DEADLINE_IN_MS, touchEvery: '1m' },
    })
    let watched: ReturnType<typeof reads>
    group.each.setup(() => {
      watched = reads(driver)
      return () => watched.restore()
    })

    async function member(): Promise<Visitor> {
      const one = visitor()
      await one.visit(({ session }) => session.put('a', 1))
      return one
    }

    const readTimes = (one: Visitor, times: number) =>
      Promise.all(Array.from({ length: times }, () => one.clone().visit(all, { mayFail: true })))
    const statuses = async (one: Visitor, times: number) =>
      (await readTimes(one, times)).map(({ status }) => status)

    /** No read is answered, until what it returns is called. */
    function stall(): () => void {
      let goOn!: () => void
      const gate = new Promise<void>((resolve) => (goOn = resolve))
      watched.become((read) => gate.then(read))
      return goOn
    }

    test(`is asked by one request at a time, and the others fail at once [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      const goOn = stall()
      assert.deepEqual(await statuses(one, 3), [503, 503, 503])
      assert.equal(watched.count(), 3)

      for (const asked of [4, 5]) {
        const answers = await readTimes(one, 20)
        assert.equal(watched.count(), asked)
        for (const { status, json, headers } of answers) {
          assert.equal(status, 503)
          assert.equal(json.code, 'E_SESSION_STORE_UNAVAILABLE')
          assert.equal(headers['retry-after'], '1')
        }
      }
      goOn()
    })

    test(`is up again with its first answer, however late that is [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      const goOn = stall()
      await readTimes(one, 5)
      goOn()
      await until('it has answered', async () => (await statuses(one, 1))[0] === 200)
      watched.become((read) => read())
      assert.deepEqual(await statuses(one, 10), Array(10).fill(200))
      assert.equal(watched.count(), 10)
    })

    test(`is up again when the request that tries it is answered [${driver}]`, async ({
      assert,
    }) => {
      const one = await member()
      stall()
      await readTimes(one, 5)
      watched.become((read) => read())
      assert.deepEqual(await statuses(one, 1), [200])
      assert.deepEqual(await statuses(one, 10), Array(10).fill(200))
    })

    test(`serves who has no session [${driver}]`, async ({ assert }) => {
      const one = await member()
      const goOn = stall()
      await readTimes(one, 3)
      assert.deepEqual(await visitor().ask(all), {})
      goOn()
    })

    test(`is not down while one operation is slow [${driver}]`, async ({ assert }) => {
      const one = await member()
      const slow: (() => void)[] = []
      watched.become((read, count) =>
        count % 4 === 1 ? new Promise<void>((resolve) => slow.push(resolve)).then(read) : read()
      )
      for (let round = 0; round < 4; round++) {
        assert.deepEqual((await statuses(one, 4)).sort(), [200, 200, 200, 503])
      }
      assert.equal(watched.count(), 16)
      slow.forEach((goOn) => goOn())
    })

    test(`is not down while it answers with errors [${driver}]`, async ({ assert }) => {
      const one = await member()
      watched.become(async () => {
        throw new Error('injected')
      })
      assert.deepEqual(await statuses(one, 10), Array(10).fill(503))
      assert.equal(watched.count(), 10)
    })

    test(`is not down while the event loop is blocked [${driver}]`, async ({ assert }) => {
      const one = await member()
      watched.become((read) => {
        const answer = read()
        blockFor(2 * DEADLINE_IN_MS)
        return answer
      })
      for (let times = 0; times < 3; times++) {
        assert.deepEqual(await statuses(one, 1), [200])
      }
    })
  })
}

test.group('P10 What a driver of the app says of its connection', (group) => {
  const start = apps(group)

  const ANSWERS: [what: string, connectionError: () => any, message: string][] = [
    [
      'an error is the cause',
      () => new Error('no route to it'),
      'no route to it (no answer within 200 ms)',
    ],
    ['nothing is known', () => null, 'no answer within 200 ms'],
    ['a promise is no error', async () => new Error('late'), 'no answer within 200 ms'],
    [
      'an error of its own harms nobody',
      () => {
        throw new Error('broken')
      },
      'no answer within 200 ms',
    ],
  ]
  for (const [what, connectionError, message] of ANSWERS) {
    test(what, async ({ assert }) => {
      const driver = {
        ...{ read: () => new Promise(() => {}), write() {}, destroy() {}, touch() {} },
        connectionError,
      }
      const app = await start('memory', {
        session: { driver: 'own', storeTimeout: DEADLINE_IN_MS },
        boot: ({ container }) =>
          container.use('Adonis/Addons/Session').extend('own', () => driver as any),
      })
      let cause: Error | undefined
      app.app.container.use('Adonis/Core/Server').errorHandler(async (error: any, { response }) => {
        cause = error.cause
        response.status(error.status).send({ code: error.code })
      })
      const put: Handler = ({ session }) => session.put('a', 1)
      const { status } = await app.visitor().visit(put, { mayFail: true })
      assert.equal(status, 503)
      assert.equal(cause?.message, message)
    })
  }
})

test.group('P10 A Redis that is known to be down', (group) => {
  group.each.timeout(30_000)
  const redis = redisOf(group, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  const start = apps(group)

  test('is told by its address and error, and is not waited for a second time', async ({
    assert,
  }) => {
    const { host, port } = redis.server
    const app = await start('redis', appOn(redis.server, { storeTimeout: 1000 }))
    const one = app.visitor()
    await one.visit(({ session }) => session.put('a', 1))
    await redis.server.kill()

    const read = () => one.clone().visit(all, { mayFail: true })
    const first = await read()
    assert.equal(
      first.json.message,
      `E_SESSION_STORE_UNAVAILABLE: The "redis" session store could not read a session: connect ECONNREFUSED ${host}:${port} (no answer within 1000 ms)`
    )
    assert.equal(first.headers['retry-after'], '1')

    const [, second] = await Promise.all([read(), read()])
    assert.equal(
      second.json.message,
      `E_SESSION_STORE_UNAVAILABLE: The "redis" session store could not read a session: connect ECONNREFUSED ${host}:${port} (not asked again, as another request is trying it)`
    )

    await redis.server.start()
    await until('it serves again', async () => (await read()).status === 200)
    assert.deepEqual((await read()).answer, { a: 1 })
  })
})
