import { test } from '@japa/runner'
import { DynamoDbDriver } from '../../src/Drivers/DynamoDb'
import { dynamoDb } from '../helpers/drivers'
import { itemOf } from '../helpers/stored'
import { apps, Handler } from '../helpers/visits'
import { record } from './helpers'

const AGE_IN_MS = 7_200_000
const all: Handler = ({ session }) => session.all()
const put: Handler = ({ session }) => {
  session.put('n', 0)
  return session.sessionId
}

/** A client that loses the answer of the next update; by then somebody else has been there. */
function losing() {
  const { NodeHttpHandler } = require('@smithy/node-http-handler')
  const inner = new NodeHttpHandler()
  const state = { meanwhile: null as null | (() => Promise<unknown>), sent: [] as string[] }
  const handle = async (request: any, options: any) => {
    const command = request.headers['x-amz-target'].split('.').pop()
    state.sent.push(command)
    const answer = await inner.handle(request, options)
    if (command === 'UpdateItem' && state.meanwhile) {
      const { meanwhile } = state
      state.meanwhile = null
      await meanwhile()
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' })
    }
    return answer
  }
  return { state, client: { ...dynamoDb(), requestHandler: { handle } } }
}

test.group('DynamoDB: an answer that is lost, so that the SDK asks again', (group) => {
  const start = apps(group)

  const WORK: [does: string, handler: Handler, after: object][] = [
    ['adds', ({ session }) => void session.increment('n'), { n: 1 }],
    ['regenerates', ({ session }) => session.regenerate(), { n: 0 }],
    ['logs out', ({ session }) => session.invalidate(), {}],
  ]
  for (const [does, handler, after] of WORK) {
    test(`one that ${does} has done so once`, async ({ assert }) => {
      const { state, client } = losing()
      const app = await start('dynamodb', { session: { dynamodb: { client } } })
      const member = app.visitor()
      await member.visit(put)
      state.meanwhile = async () => {}
      state.sent = []
      await member.visit(handler)
      assert.isAtLeast(state.sent.filter((command) => command === 'UpdateItem').length, 2)
      assert.deepEqual(await member.ask(all), after)
    })
  }

  test('nothing is done twice where another process has changed the session since', async ({
    assert,
  }) => {
    const { state, client } = losing()
    const app = await start('dynamodb', { session: { dynamodb: { client } } })
    const member = app.visitor()
    const id = await member.ask(put)
    const config = { ...app.app.config.get('session'), dynamodb: { client: dynamoDb() } }
    const other = new DynamoDbDriver(config)
    state.meanwhile = async () => {
      const found: any = await other.load(id)
      const next = { ...record({ n: found.record.values.n + 1 }), meta: found.record.meta }
      next.meta = { ...next.meta, revision: 'other' }
      await other.replace(id, next, found.record.version, AGE_IN_MS)
    }
    const { status, json } = await member.visit(({ session }) => void session.increment('n'), {
      mayFail: true,
    })
    assert.equal(status, 503)
    assert.include(json.message, 'an answer was lost, and another request has changed the session')
    assert.deepEqual(await member.ask(all), { n: 2 })
  })
})

test.group('DynamoDB: what an item has', (group) => {
  const start = apps(group)

  test('its time to live is in seconds, and not before its end', async ({ assert }) => {
    const app = await start('dynamodb')
    const id = await app.visitor().ask(put)
    const { expires_at: expires, ttl } = (await itemOf(id))!
    assert.equal(Number(ttl.N), Math.ceil(Number(expires.N) / 1000))
  })

  test('E_SESSION_TOO_LARGE: more than an item takes, with the keys to look at', async ({
    assert,
  }) => {
    const app = await start('dynamodb')
    const member = app.visitor()
    await member.visit(put)
    const { status, json } = await member.visit(
      ({ session }) => session.put('photo', 'x'.repeat(500_000)),
      { mayFail: true }
    )
    assert.deepEqual([status, json.code], [500, 'E_SESSION_TOO_LARGE'])
    assert.match(json.message, /The largest keys are "photo"/)
    assert.deepEqual(await member.ask(all), { n: 0 })
  })

  test('a table that is not there is named, with what it needs', async ({ assert }) => {
    const app = await start('dynamodb', {
      session: { dynamodb: { table: 'nothing', client: dynamoDb() } },
    })
    const { json } = await app.visitor().visit(put, { mayFail: true })
    assert.include(
      json.message,
      'there is no table "nothing". Create it with the partition key "id"'
    )
  })
})
