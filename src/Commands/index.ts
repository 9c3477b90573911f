import { installedName } from '../Configure/packageName'

/** The commands of this package. Their paths start with the name under which the app has installed it. */
const COMMANDS = [
  'MakeSessionTable',
  'SessionDoctor',
  'SessionList',
  'SessionPrune',
  'SessionRevoke',
  'SessionStats',
]

const name = installedName(process.cwd())

export default COMMANDS.map((command) => `${name}/build/src/Commands/${command}`)
