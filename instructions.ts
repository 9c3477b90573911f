import { join } from 'path'
import type * as Sink from '@adonisjs/sink'
import type { ApplicationContract } from '@ioc:Adonis/Core/Application'
import { applyEdit, readFrom, type Edit } from './src/Configure/edits'
import { readVariable, setVariable } from './src/Configure/dotenv'
import { missingKeys } from './src/Configure/missingKeys'
import { missingPeers, otherPackage } from './src/Configure/notices'
import { addEnvRule, addToJsonArray, type Compiler } from './src/Configure/sourceEdits'
import { installedName, withdrawFixedNames } from './src/Configure/packageName'

const VARIABLE = 'SESSION_DRIVER'
const TEMPLATES = join(__dirname, 'templates')

/** The drivers that an app may start with; the first one is taken where nobody can be asked. */
const DRIVERS = [
  { name: 'cookie', message: 'Cookie', hint: ' (In the browser, encrypted. Nothing to set up)' },
  { name: 'file', message: 'File', hint: ' (In a directory of this server)' },
  { name: 'redis', message: 'Redis', hint: ' (For several servers. Needs @adonisjs/redis)' },
  { name: 'database', message: 'Database', hint: ' (For several servers. Needs @adonisjs/lucid)' },
] as const

/** Asks on a terminal only: a prompt without one ends the process before anything is done. */
async function chooseDriver(sink: typeof Sink): Promise<string> {
  return process.stdin.isTTY && process.stdout.isTTY
    ? sink.getPrompt().choice('Select the session driver', DRIVERS)
    : DRIVERS[0].name
}

/** Creates a file of the app from a template, unless the app has it. */
function create(root: string, file: string, template: string, data: object, sink: typeof Sink) {
  const created = new sink.files.MustacheFile(root, file, join(TEMPLATES, template))

  if (created.exists()) {
    sink.logger.action('create').skipped(file, 'File already exists')
    return
  }
  created.apply(data).commit()
  sink.logger.action('create').succeeded(file)
}

function variableEdits(ts: Compiler, driver: string): Edit[] {
  const rule = `${VARIABLE}: Env.schema.string()`
  const change = (text: string) => setVariable(text, VARIABLE, driver)
  const adds = `${VARIABLE} = ${driver}`

  return [
    { file: '.env', change, adds },
    { file: '.env.example', change, adds },
    {
      file: 'env.ts',
      change: (text) => addEnvRule(ts, text, VARIABLE),
      adds: rule,
      advice: `Add the rule "${rule}" to where the app validates its environment variables`,
    },
  ]
}

function registrationEdits(ts: Compiler, name: string): Edit[] {
  return [
    { file: '.adonisrc.json', path: ['providers'], entry: name },
    { file: '.adonisrc.json', path: ['commands'], entry: `${name}/build/src/Commands` },
    { file: 'tsconfig.json', path: ['compilerOptions', 'types'], entry: name },
  ].map(({ file, path, entry }) => ({
    file,
    change: (text) => addToJsonArray(ts, text, path, entry),
    adds: `${path[path.length - 1]} += "${entry}"`,
    advice: `Add "${entry}" to "${path.join('.')}" inside the ${file} file`,
  }))
}

/**
 * `node ace configure`: writes the config and the contract, and registers the package under the name
 * under which the app has it. It adds what is missing and changes nothing else, so that it can run on
 * an app that is configured, and twice.
 */
export default async function instructions(
  projectRoot: string,
  application: ApplicationContract,
  sink: typeof Sink
): Promise<void> {
  const ts: Compiler = require(require.resolve('typescript', { paths: [projectRoot] }))
  const name = installedName(projectRoot)
  const fileIn = (directory: string) =>
    join(application.directoriesMap.get(directory) || directory, 'session.ts')
  const configFile = fileIn('config')
  const config = readFrom(projectRoot, configFile)

  // An app that names its driver in its config must not fail to boot for want of a variable.
  const wantsVariable = !config || config.includes(VARIABLE)
  const current = readVariable(readFrom(projectRoot, '.env'), VARIABLE)
  const driver = wantsVariable && !current ? await chooseDriver(sink) : current

  withdrawFixedNames()
  create(projectRoot, configFile, 'session.txt', { packageName: name }, sink)
  create(projectRoot, fileIn('contracts'), 'session_contract.txt', {}, sink)

  const edits = [
    ...(wantsVariable ? variableEdits(ts, driver) : []),
    ...registrationEdits(ts, name),
  ]
  edits.forEach((edit) => applyEdit(projectRoot, sink.logger, edit))

  const notices = [
    ...missingPeers(projectRoot, driver, application.rcFile.providers),
    otherPackage(projectRoot, name, [configFile, '.adonisrc.json', 'tsconfig.json']),
  ]
  notices.forEach((notice) => notice && sink.logger.warning(notice))

  const missing = config ? missingKeys(ts, config, readFrom(TEMPLATES, 'session.txt')) : []
  if (missing.length) {
    sink.logger.info(
      `${configFile} is left as it is. New apps also have there: ${missing.join(', ')}. Add what suits your app; "node ace session:doctor" says more`
    )
  }
}
