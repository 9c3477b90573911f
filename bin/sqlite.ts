import { requireSqlite } from '../test/services/sqlite'

/** Takes half a minute, once. `npm test` does it beside the checks that need no tests. */
requireSqlite()
