/**
 * Compiles TypeScript as it is required, and keeps what it compiled for the processes that tests
 * start: an app then boots in a quarter of the time, and tests boot hundreds.
 */
process.env.REQUIRE_TS_CACHE = 'true'
require('@adonisjs/require-ts/build/register')
