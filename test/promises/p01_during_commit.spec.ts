import { test } from '@japa/runner'
import { underWay } from '../../src/Repository/turns'
import { idCookieOf } from '../helpers/cookies'
import { ALL_DRIVERS, CLASSES, driversThat } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

for (const driver of ALL_DRIVERS) {
  test.group(`P1 No update is lost that comes during a commit: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    /** Runs a verb while a commit of the same request is under way. */
    async function during(verb: Handler) {
      const one = visitor()
      await one.visit(({ session }) => session.put('n', 1))
      const before = await one.ask(({ session }) => session.sessionId)
      const response = await one.visit(async (ctx) => {
        ctx.session.put('n', 2)
        const commit = ctx.session.commit()
        verb(ctx)
        await commit
      })
      return { one, before, response }
    }

    test(`a value [${driver}]`, async ({ assert }) => {
      const { one } = await during(({ session }) => session.put('n', 3))
      assert.deepEqual(await one.ask(all), { n: 3 })
    })

    test(`an age of its own [${driver}]`, async ({ assert }) => {
      const { response } = await during(({ session }) => session.setAge('30 days'))
      assert.equal(idCookieOf(response)!.attributes['max-age'], String(30 * 86_400))
    })

    test(`a cookie that ends with the browser [${driver}]`, async ({ assert }) => {
      const { response } = await during(({ session }) => session.persist(false))
      assert.notProperty(idCookieOf(response)!.attributes, 'max-age')
    })

    test(`a new id [${driver}]`, async ({ assert }) => {
      const { one, before } = await during(({ session }) => session.regenerate())
      const [id, values] = await one.ask(({ session }) => [session.sessionId, session.all()])
      assert.notEqual(id, before)
      assert.deepEqual(values, { n: 2 })
    })

    test(`the end [${driver}]`, async ({ assert }) => {
      const { one } = await during(({ session }) => session.invalidate())
      assert.deepEqual(await one.ask(all), {})
    })
  })
}

for (const driver of driversThat('isOnServer', 'isAtomic')) {
  test.group(`P1 Commits of one process take turns: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)
    const { prototype } = CLASSES[driver]
    const { replace } = prototype
    group.each.teardown(() => void (prototype.replace = replace))

    test(`each meets what the others stored once, and no race [${driver}]`, async ({ assert }) => {
      const REQUESTS = 12
      const one = visitor()
      await one.visit(({ session }) => session.put('n', 0))
      let count = 0
      prototype.replace = function (...args: any[]) {
        count++
        return replace.apply(this, args)
      }
      let loaded = 0
      let goOn!: () => void
      const allLoaded = new Promise<void>((resolve) => (goOn = resolve))
      await Promise.all(
        Array.from({ length: REQUESTS }, () =>
          one.clone().visit(async ({ session }) => {
            session.increment('n')
            ++loaded === REQUESTS && goOn()
            await allLoaded
          })
        )
      )
      assert.deepEqual(await one.ask(all), { n: REQUESTS })
      // The first stores at once; each other one learns first what stands there by then.
      assert.equal(count, 2 * REQUESTS - 1)
      assert.equal(underWay(), 0)
    })

    test(`who comes while the second one has its turn waits for that, too [${driver}]`, async ({
      assert,
    }) => {
      const one = visitor()
      await one.visit(({ session }) => session.put('n', 0))
      const signals = new Map<string, { promise: Promise<void>; give: () => void }>()
      const signal = (name: string) => {
        if (!signals.has(name)) {
          let give!: () => void
          const promise = new Promise<void>((resolve) => (give = resolve))
          signals.set(name, { promise, give })
        }
        return signals.get(name)!
      }
      let count = 0
      prototype.replace = async function (...args: any[]) {
        const call = `replace ${++count}`
        signal(call).give()
        await (count <= 2 && signal(`go on with ${call}`).promise)
        return replace.apply(this, args)
      }
      const request = (name: string, after: Promise<void>) =>
        one.clone().visit(async ({ session }) => {
          session.increment('n')
          await after
          const commit = session.commit()
          signal(name).give()
          await commit
        })

      const first = request('first', Promise.resolve())
      const second = request('second', signal('replace 1').promise)
      const third = request('third', signal('replace 2').promise)
      await signal('second').promise
      signal('go on with replace 1').give()
      await signal('third').promise
      for (let turn = 0; turn < 50; turn++) {
        await new Promise(setImmediate)
      }
      assert.equal(count, 2)
      signal('go on with replace 2').give()
      await Promise.all([first, second, third])
      assert.deepEqual(await one.ask(all), { n: 3 })
    })
  })
}
