import { test } from '@japa/runner'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import { bootApp } from '../helpers/app'
import { databaseConfig, lucid } from '../helpers/databases'
import { ALL_DRIVERS, redisConfig } from '../helpers/drivers'
import { Explorer } from './explore'
import { CONFIGS, pairs, pairsByFirst, triples } from './scenarios'
import { Scenario } from './schedule'
import { memory, STAGES, TAGGING } from './stages'

/** The same orders in each run. `npm run explore` goes through all of them. */
const SEED = 20261127

/** Its emulator takes ten times as long as the other stores. */
const SLOW = 'dynamodb'

test.group('Requests in any order', (group) => {
  let app: ApplicationContract
  group.setup(async () => {
    app = await bootApp({
      providers: ['@adonisjs/redis', ...lucid()],
      config: { redis: redisConfig(), database: databaseConfig() },
    })
    return () => app.shutdown()
  })

  const failuresOf = ({ failures }: Explorer) =>
    failures.map(({ replay, problems }) => `${replay}: ${problems.join('; ')}`)

  for (const [does, others] of pairsByFirst('template')) {
    test(`two keep every promise in every order: ${does}`, async ({ assert }) => {
      const explorer = new Explorer(app, memory)
      for (const other of others) {
        await explorer.all({ config: 'template', does: [does, other] })
      }
      assert.isAbove(explorer.figures.schedules, others.length)
      assert.deepEqual(failuresOf(explorer), [])
    })
  }

  for (const config of Object.keys(CONFIGS)) {
    test(`two and three keep every promise, whatever fails: ${config}`, async ({ assert }) => {
      const explorer = new Explorer(app, memory)
      for (const does of pairs(config)) {
        await explorer.some({ config, does }, { times: 8, seed: SEED })
        await explorer.some({ config, does }, { times: 8, seed: SEED, faults: true })
        await explorer.some({ config, does, oneProcess: true }, { times: 4, seed: SEED })
      }
      for (const [index, does] of triples(config, { times: 300, seed: SEED }).entries()) {
        await explorer.some({ config, does }, { times: 1, seed: SEED + index, faults: true })
      }
      assert.isAbove(explorer.figures.faults, 900)
      assert.deepEqual(failuresOf(explorer), [])
    })
  }

  const others = [...ALL_DRIVERS.filter((driver) => driver !== 'memory'), 'cookie with revocation']
  for (const name of others) {
    const tagged = TAGGING.includes(name) ? ['tagged'] : []
    for (const config of ['template', 'rotating', ...tagged]) {
      test(`two keep what the driver promises, whatever fails: ${name}, ${config}`, async ({
        assert,
      }) => {
        const explorer = new Explorer(app, STAGES[name](app))
        const times = name === SLOW ? 1 : 3
        for (const does of pairs(config)) {
          await explorer.some({ config, does }, { times, seed: SEED, faults: true })
        }
        assert.isAbove(explorer.figures.faults, (250 * times) / 3)
        assert.deepEqual(failuresOf(explorer), [])
      })
    }
  }

  const BROKEN_ONCE: [Scenario, string][] = [
    // The first commit of b puts its id on the response, which a login retires before the second one.
    [{ config: 'template', does: ['logs in', 'commits twice'] }, '1 1 0 0 0 0> 1 1>'],
    // The second commit changes nothing: the id that is on the response is asked for all the same.
    [
      { config: 'short age', does: ['logs in', 'puts', 'commits early'] },
      '1 ~ 0 1 2 2 0 1/ 0 0 0 0 0> 2',
    ],
    // The process dies in the midst of a rotation, and another request rotates again.
    [{ config: 'rotating', does: ['puts', 'flashes', 'puts'] }, '1 1 1x 2 0 2 2 0 2/ 0 0'],
    // One login lands late, a logout ends its session, and another login has been under way all the time.
    [
      { config: 'retireFor 0', does: ['logs in', 'invalidates and flashes', 'logs in'] },
      '0 0 ~ 0> 2 2 1 0 1 1 1 2 1 1/ 2',
    ],
  ]
  for (const [scenario, schedule] of BROKEN_ONCE) {
    test(`what was broken once stays mended: ${scenario.does.join(', ')}`, async ({ assert }) => {
      assert.deepEqual(await new Explorer(app, memory).replay(scenario, schedule), [])
    })
  }
})
