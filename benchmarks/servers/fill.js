const { randomBytes } = require('crypto')
const path = require('path')

/** Filling takes no longer than this, in milliseconds: what is slow then ends with fewer sessions. */
const LONGEST = 60_000

/** The age of the copies, in milliseconds. */
const AGE = 2 * 3_600_000

/**
 * Copies the one session that the memory driver of this process holds, until there are `count`.
 * Returns some of the ids, and how many sessions there are.
 */
async function fillMemory({ build, count, samples }) {
  const { MemoryDriver } = require(path.join(build, 'src', 'Drivers', 'Memory'))
  const driver = new MemoryDriver()
  const [first] = MemoryDriver.sessions.keys()
  const { record } = await driver.load(first)
  const ids = []
  const end = Date.now() + LONGEST

  for (let n = 0; n < count && Date.now() < end; n++) {
    const id = randomBytes(20).toString('hex')
    await driver.replace(id, record, null, AGE)
    n % Math.ceil(count / samples) === 0 && ids.push(id)
  }
  return { ids, stored: MemoryDriver.sessions.size }
}

module.exports = { fillMemory }
