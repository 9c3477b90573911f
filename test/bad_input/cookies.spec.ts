import { test } from '@japa/runner'
import { Handler, sharedApp, VisitedApp, Visitor } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

/** What stands in the cookie of the session instead of its data, from the real one. */
const DAMAGED: Record<string, (real: string, app: VisitedApp, id: string) => string> = {
  'is empty': () => '',
  'is plain text': () => 'garbage',
  'is garbage after its prefix': () => 'e%3Agarbage',
  'is truncated': (real) => real.slice(0, -20),
  'has a changed character': (real) =>
    real.replace(/^(.{30})(.)/, (_, begin, letter) => begin + (letter === 'A' ? 'B' : 'A')),
  'has a prefix and nothing else': () => 'e%3A',
  'is signed instead of encrypted': (_, { app }, id) =>
    `s:${app.container.use('Adonis/Core/Encryption').verifier.sign({ a: 1 }, undefined, id)}`,
  'is encrypted for another id': (_, app) => `e:${encrypt(app, { a: 1 }, 'another-id')}`,
  'is encrypted for no id': (_, app) => `e:${encrypt(app, { a: 1 })}`,
  'holds a list': (_, app, id) => `e:${encrypt(app, [1, 2], id)}`,
  'holds a text': (_, app, id) => `e:${encrypt(app, 'text', id)}`,
  'holds a number': (_, app, id) => `e:${encrypt(app, 42, id)}`,
  'is a chunk of three, without the others': (real) => `3~${halfOf(real)}`,
  'is a chunk of two, without the other': (real) => `2%7E${halfOf(real)}`,
  'claims 9 chunks': (real) => `9~${halfOf(real)}`,
  'claims no chunks': (real) => `0~${real}`,
  'claims one chunk': (real) => `1~${real}`,
  'claims -1 chunks': (real) => `-1~${real}`,
  'claims a huge number of chunks': (real) => `99999999999999999999~${real}`,
  'claims 1e9 chunks': (real) => `1e9~${real}`,
  'claims chunks and has no text': () => '3~',
  'is broken percent encoding': () => '%E0%A4%A',
  'is too large': () => `e%3A${'a'.repeat(7000)}`,
}

/** The first part of a session that was spread over several cookies. */
function halfOf(real: string): string {
  return real.slice(0, real.length / 2)
}

function encrypt({ app }: VisitedApp, value: any, purpose?: string): string {
  return app.container.use('Adonis/Core/Encryption').encrypt(value, undefined, purpose)
}

/** A browser with a session in its cookies, and the id of that. */
async function member(visitor: Visitor): Promise<[Visitor, string]> {
  const id = await visitor.ask(({ session }) => {
    session.put('secret', 'of the session')
    return session.sessionId
  })
  return [visitor, id]
}

test.group('Damaged session cookies', (group) => {
  const { app, visitor } = sharedApp(group, 'cookie')

  for (const [name, damage] of Object.entries(DAMAGED)) {
    test(`a data cookie that ${name} is an empty session`, async ({ assert }) => {
      const [{ browser, visit, ask }, id] = await member(visitor())
      const cookie = browser.jar.get(id)!

      browser.jar.set(id, { ...cookie, value: damage(cookie.value, app(), id) })
      const { status, answer } = await visit(all)
      assert.equal(status, 200)
      assert.deepEqual(answer, {})
      await visit(({ session }) => session.put('b', 2))
      assert.deepEqual(await ask(all), { b: 2 })
    })
  }

  test('a damaged data cookie is reported once', async ({ assert }) => {
    const [{ browser, visit }, id] = await member(visitor())
    const emitter = app().app.container.use('Adonis/Core/Event')
    const reasons: string[] = []
    const listener = ({ reason }: { reason: string }) => void reasons.push(reason)

    emitter.on('session:unreadable', listener)
    browser.jar.set(id, { ...browser.jar.get(id)!, value: 'e%3Agarbage' })
    await visit(({ session }) => session.put('b', 2))
    await visit(all)
    emitter.off('session:unreadable', listener)
    assert.lengthOf(reasons, 1)
  })

  test('a missing data cookie is an empty session', async ({ assert }) => {
    const [{ browser, visit, ask }, id] = await member(visitor())

    browser.jar.delete(id)
    assert.deepEqual(await ask(all), {})
    await visit(({ session }) => session.put('b', 2))
    assert.deepEqual(await ask(all), { b: 2 })
  })

  test('the data cookie of another session does not fit', async ({ assert }) => {
    const [mine, myId] = await member(visitor())
    const [theirs, theirId] = await member(visitor())

    const stolen = theirs.browser.jar.get(theirId)!
    mine.browser.jar.set(myId, stolen)
    assert.deepEqual(await mine.ask(all), {})
  })

  test('chunks of a large session: without one of them it is empty', async ({ assert }) => {
    const { browser, visit, ask } = visitor()
    const text = 'large '.repeat(800)
    await visit(({ session }) => session.put('text', text))
    const parts = Object.keys(browser.cookies()).filter((name) => name !== 'adonis-session')

    assert.isAbove(parts.length, 1)
    assert.equal(await ask(({ session }) => session.get('text')), text)
    browser.jar.delete(parts[parts.length - 1])
    assert.deepEqual(await ask(all), {})
  })

  test('chunks of a large session: in another order they are empty', async ({ assert }) => {
    const { browser, visit, ask } = visitor()
    await visit(({ session }) => session.put('text', 'large '.repeat(800)))
    const [first, second] = [...browser.jar].filter(([name]) => name !== 'adonis-session')

    browser.jar.set(first[0], second[1])
    browser.jar.set(second[0], first[1])
    assert.deepEqual(await ask(all), {})
  })
})
