const { randomBytes } = require('crypto')
const fs = require('fs')
const path = require('path')
const { setImmediate } = require('timers/promises')
const Redis = require('ioredis')
const { query } = require('../harness/stores')

/** Sessions under way to Redis at once. */
const CHUNK = 10_000

/** The age of the copies, in milliseconds. */
const AGE = 2 * 3_600_000

/** Hands `count` new ids to `store`. Returns about `samples` of them, evenly spread: those to use. */
async function copies(count, samples, store) {
  const ids = []
  for (let n = 0; n < count; n++) {
    const id = randomBytes(20).toString('hex')
    const isSample = n % Math.ceil(count / samples) === 0
    await store(id, { isSample, n })
    isSample && ids.push(id)
  }
  return { ids, stored: count + 1 }
}

/**
 * Fills the store of a server, which holds one session, with `count` copies of it. They go there
 * directly: a stored text names its id, and is the same but for that.
 */
const FILLS = {
  async redis({ spec }, { count, samples, progress }) {
    const redis = new Redis(spec.redisPort)
    const [first] = await redis.keys('*')
    const text = await redis.get(first)
    let pipeline = redis.pipeline()
    const filled = await copies(count, samples, async (id, { n }) => {
      pipeline.set(id, text.replaceAll(first, id), 'PX', AGE)
      if (n % CHUNK === CHUNK - 1 || n === count - 1) {
        progress(`${n + 1} of ${count} sessions in Redis`)
        await pipeline.exec()
        pipeline = redis.pipeline()
      }
    })
    redis.disconnect()
    return filled
  },

  /** One statement makes all rows. The hash of an id is made as the driver makes it. */
  async postgres({ spec }, { count, samples }) {
    const hash = (id) => `translate(rtrim(encode(sha256(${id}::bytea), 'base64'), '='), '+/', '-_')`
    await query(
      spec.postgresPort,
      `INSERT INTO sessions (id, data, version, created_at, expires_at, sweep_at)
       SELECT hash, replace(data, first.id, hash), version, created_at, expires_at, sweep_at
       FROM (SELECT * FROM sessions LIMIT 1) AS first,
         LATERAL (SELECT lpad(to_hex(n), 40, '0') AS raw FROM generate_series(1, ${count}) AS n) AS made,
         LATERAL (SELECT ${hash('raw')} AS hash) AS hashed`
    )
    await query(spec.postgresPort, 'VACUUM ANALYZE sessions')
    const each = Math.ceil(count / samples)
    const ids = Array.from({ length: Math.floor(count / each) }, (_, n) =>
      (1 + n * each).toString(16).padStart(40, '0')
    )
    return { ids, stored: count + 1 }
  },

  /**
   * A file of their own for those that are used; the others are further names of these (links), since
   * a directory with a million names is the point, and four gigabytes on disk are not.
   */
  async file({ spec }, { count, samples, progress }) {
    const [file] = fs.readdirSync(spec.location)
    const first = path.parse(file).name
    const text = fs.readFileSync(path.join(spec.location, file), 'utf8')
    let written
    return copies(count, samples, async (id, { isSample, n }) => {
      const target = path.join(spec.location, file.replaceAll(first, id))
      if (isSample) {
        fs.writeFileSync(target, text.replaceAll(first, id), { mode: 0o600 })
        written = target
      } else {
        fs.linkSync(written, target)
      }
      if (n % CHUNK === 0) {
        progress(`${n} of ${count} sessions in files`)
        // Whoever presses Ctrl-C is heard.
        await setImmediate()
      }
    })
  },

  memory: ({ spec, child }, { count, samples }) =>
    child.ask('fillMemory', { build: spec.build, count, samples }),
}

function fill(driver, member, options) {
  return FILLS[driver](member, options)
}

module.exports = { fill }
