/** A thread that increments one number of a session file, so many times. */
require('../../bin/register')
const { parentPort, workerData } = require('worker_threads')
const { FileDriver } = require('../../src/Drivers/File')

async function main() {
  const { config, id, times } = workerData
  const driver = new FileDriver(config)
  for (let done = 0; done < times;) {
    const { record } = await driver.load(id)
    const json = JSON.stringify({ n: record.values.n + 1 })
    const changed = await driver.replace(
      id,
      { json, meta: { revision: `${Math.random()}` } },
      record.version
    )
    done += changed.done ? 1 : 0
  }
  parentPort.postMessage('done')
}

void main()
