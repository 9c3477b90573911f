/**
 * Compiles TypeScript as it is required, and keeps what it compiled for the processes that tests start: an app
 * then boots in a quarter of the time, and tests boot hundreds.
 */
const Module = require('module')

process.env.REQUIRE_TS_CACHE = 'true'

/**
 * Loading the compiler takes half of the start of such a process, which finds all that it needs in the cache. So it
 * gets one that loads when it's first asked to compile. Of the real one, the hook asks on its start for `sys` alone.
 */
function lazily(register) {
  const file = require.resolve('typescript')
  const sys = { useCaseSensitiveFileNames: true, newLine: '\n' }
  const compiler = new Proxy({ sys }, { get: (known, name) => known[name] ?? require(file)[name] })
  require.cache[file] = Object.assign(new Module(file), { exports: compiler, loaded: true })
  register()
  delete require.cache[file]
}

const register = () => require('@adonisjs/require-ts/build/register')
process.env.TESTS_ARE_COMPILED ? lazily(register) : register()
process.env.TESTS_ARE_COMPILED = 'true'
