const { mkdtempSync, rmSync } = require('fs')
const { tmpdir } = require('os')
const path = require('path')
const { SERVERS } = require('../catalog')
const { Load } = require('./load')
const { ServerProcess } = require('./server')
const { startStores } = require('./stores')

const BUILD = path.join(__dirname, '..', '..', 'build')

/** Folders with sessions, for the one exit handler that removes what is left. */
const folders = new Set()
process.on('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true })))

/** The servers of one comparison, all alive at once, each with its load and its own store. */
class Group {
  /**
   * Starts servers by their names. `build` is the folder of ours; `execPath` is the Node.js of the servers, and
   * `execArgv` are its flags.
   */
  static async start(driver, names, { build, execPath, execArgv, specOf = () => ({}) } = {}) {
    const group = new Group()
    group.folder = mkdtempSync(path.join(tmpdir(), 'session-bench-'))
    folders.add(group.folder)
    const drivers = [driver, ...names.map((name) => SERVERS[name].driver)]
    group.stores = await startStores(drivers)
    group.members = await Promise.all(
      names.map(async (name) => {
        const spec = {
          name,
          driver,
          ...SERVERS[name],
          build: path.resolve(build ?? BUILD),
          location: path.join(group.folder, name),
          redisPort: group.stores.redis?.port,
          postgresPort: group.stores.postgres?.port,
          ...(await specOf(name, group)),
        }
        const child = await ServerProcess.start(spec, { execPath, execArgv })
        return { name, spec, child, load: new Load(child.url) }
      })
    )
    return group
  }

  async stop() {
    await Promise.all(
      this.members.map(async ({ child, load }) => {
        await load.close()
        await child.stop()
      })
    )
    await Promise.all(Object.values(this.stores).map((store) => store.stop()))
    rmSync(this.folder, { recursive: true, force: true })
    folders.delete(this.folder)
  }
}

module.exports = { Group }
