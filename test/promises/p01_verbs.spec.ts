import { test } from '@japa/runner'
import { SERVER_DRIVERS } from '../helpers/drivers'
import { Handler, sharedApp } from '../helpers/visits'

const all: Handler = ({ session }) => session.all()

interface Parallel {
  start: Record<string, any>
  /** Begins first and is stored last. */
  one: Handler
  other: Handler
  left: Record<string, any>
}

/** What leaves a gap in an array, which is stored as `null`, what is built on a change, and what does not fit. */
const PARALLEL: Record<string, Parallel> = {
  'a push beside the forget of an index': {
    start: { list: [1, 2] },
    one: ({ session }) => session.forget('list.0'),
    other: ({ session }) => session.push('list', 3),
    left: { list: [null, 2, 3] },
  },
  'an increment of an item beside the forget of another': {
    start: { items: [{ n: 1 }, { n: 1 }] },
    one: ({ session }) => session.forget('items.0'),
    other: ({ session }) => session.increment('items.1.n', 5),
    left: { items: [null, { n: 6 }] },
  },
  'a push beside a put past the end': {
    start: { list: [1] },
    one: ({ session }) => session.put('list.3', 'x'),
    other: ({ session }) => session.push('list', 2),
    left: { list: [1, 2, null, 'x'] },
  },
  'a push beside a put of undefined': {
    start: { list: [1, 2] },
    one: ({ session }) => session.put('list.0', undefined as any),
    other: ({ session }) => session.push('list', 3),
    left: { list: [null, 2, 3] },
  },
  'pushes beside puts of an index, with a push between them': {
    start: { steps: ['start'] },
    one: ({ session }) => {
      session.put('steps.1', 'draft')
      session.push('steps', 'mine')
      session.put('steps.1', 'done')
    },
    other: ({ session }) => session.push('steps', 'x', 'y'),
    left: { steps: ['start', 'done', 'y', 'mine'] },
  },
  'what fits beside an increment that makes more than a number can hold': {
    start: { n: 0 },
    one: ({ session }) => {
      session.increment('n', 1.7e308)
      session.put('also', true)
    },
    other: ({ session }) => session.increment('n', 1.7e308),
    left: { n: 1.7e308, also: true },
  },
}

for (const driver of SERVER_DRIVERS) {
  test.group(`P1 No lost update, verb beside verb: ${driver}`, (group) => {
    const { visitor } = sharedApp(group, driver)

    for (const [title, { start, one, other, left }] of Object.entries(PARALLEL)) {
      test(`${title} is kept [${driver}]`, async ({ assert }) => {
        const { visit, ask, clone } = visitor()
        await visit(({ session }) => session.put(start))
        const tab = clone()

        await visit(async (ctx) => {
          one(ctx)
          await tab.visit((elsewhere) => void other(elsewhere))
        })
        assert.deepEqual(await ask(all), left)
      })
    }
  })
}
