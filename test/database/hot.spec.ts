import { test } from '@japa/runner'
import { databases } from '../helpers/databases'
import { rowOf } from '../helpers/stored'
import { apps } from '../helpers/visits'
import { databaseOf, record, storeOf, withConnection } from './helpers'

const HOUR = 3_600_000

if (databases().includes('postgres')) {
  test.group('What touches leave behind in PostgreSQL', (group) => {
    const start = apps(group)
    group.each.timeout(60_000)

    test('of 1,000 touches at least 95 % are heap-only: no index is written', async ({
      assert,
    }) => {
      const app = await start(
        'postgres',
        withConnection('postgres', (connection) => ({ ...connection, pool: { min: 1, max: 1 } }))
      )
      const database = databaseOf(app)
      const countsOf = async () => {
        await database.rawQuery('SELECT pg_stat_force_next_flush()').exec()
        const { rows }: any = await database
          .rawQuery(
            "SELECT n_tup_upd AS updated, n_tup_hot_upd AS hot FROM pg_stat_user_tables WHERE relname = 'sessions'"
          )
          .exec()
        return { updated: Number(rows[0].updated), hot: Number(rows[0].hot) }
      }
      const store = storeOf(app)
      const ids = Array.from({ length: 20 }, (_, n) => `hot${String(n).padStart(37, '0')}`)
      for (const id of ids) {
        await store.destroy(id)
        await store.replace(id, record({ text: 'x'.repeat(1000) }), null, HOUR)
      }

      const before = await countsOf()
      for (let touches = 0; touches < 1000; touches++) {
        await store.touch(ids[touches % ids.length], HOUR)
      }
      const after = await countsOf()
      assert.equal(after.updated - before.updated, 1000)
      assert.isAtLeast(after.hot - before.hot, 950)
      assert.isNotNull(await rowOf(app, ids[0]))
    })
  })
}
