import { installedName } from '../Configure/packageName'

/** The commands of this package, by paths that the app can load whatever name it has the package under. */
const COMMANDS = ['MakeSessionTable']

const name = installedName(process.cwd())

export default COMMANDS.map((command) => `${name}/build/src/Commands/${command}`)
