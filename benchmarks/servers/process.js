/**
 * The process of one server. It starts what its parent asks for, and then answers what it has used;
 * between two questions it does nothing but serve.
 */
const { Sampler } = require('./sampler')

// Ctrl-C reaches this process, too; its parent ends it, or is gone itself.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

const sampler = new Sampler()
let running

/** The file of each framework. Those that are ES modules can't be required. */
const FRAMEWORKS = {
  adonis: './adonis.js',
  adonis7: '../company/server.mjs',
  express: './express.js',
  fastify: './fastify.js',
  node: './node.js',
}

/** What the parent may ask, by name. Answers go back as they are, errors as text. */
const ANSWERS = {
  /** CPU time of all threads in microseconds, and memory in bytes. */
  usage() {
    const { user, system } = process.cpuUsage()
    return { cpuInUs: user + system, memory: process.memoryUsage() }
  },
  gc() {
    global.gc()
    global.gc()
  },
  sign: (ids) => ids.map((id) => running.sign(id)),
  prune: () => running.prune(),
  fillMemory: (options) => require('./fill').fillMemory(options),
  counts: () => global.fileCounts(),
  startProfile: (options) => sampler.start(options),
  stopProfile: () => sampler.stop(),
}

process.on('message', async ({ ask, question, argument }) => {
  try {
    process.send({ answer: ask, value: await ANSWERS[question](argument) })
  } catch (error) {
    process.send({ answer: ask, error: error.stack })
  }
})

async function main() {
  const spec = JSON.parse(process.argv[2])
  const { start } = await import(FRAMEWORKS[spec.framework])
  running = await start(spec)
  running.server.listen(0, '127.0.0.1', () => {
    process.send({ port: running.server.address().port })
  })
}

main().catch((error) => {
  process.send({ failed: error.stack }, () => process.exit(1))
})
