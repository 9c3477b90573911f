import { dirname, join } from 'path'
import { existsSync, readFileSync, realpathSync } from 'fs'

/** The names under which this package is known: its own, and the one it takes over. */
const KNOWN_NAMES = ['adonis5-session', '@adonisjs/session']

/**
 * The name under which an app has this very package: the one named on the command line, a dependency
 * of the app, or a name it is known by, whichever leads to the directory of this file. An alias, a
 * link and the store of pnpm all do, since the directories are compared by their real paths. Sink
 * knows the name and does not tell it.
 */
export function installedName(projectRoot: string): string {
  const candidates = [...process.argv.slice(2), ...dependencies(projectRoot), ...KNOWN_NAMES]
  const own = realpathSync(packageRoot(__dirname))

  return (
    candidates
      .filter((name) => /^(@[\w.-]+\/)?\w[\w.-]*$/.test(name))
      .find((name) => own === installedRoot(projectRoot, name)) ?? KNOWN_NAMES[0]
  )
}

/** Can the app load a package? */
export function isInstalled(projectRoot: string, name: string): boolean {
  return installedRoot(projectRoot, name) !== null
}

/** The other names of this package, under which an app may still mention its sessions. */
export function otherNames(name: string): string[] {
  return KNOWN_NAMES.filter((known) => known !== name)
}

/**
 * Takes what names this package out of the `adonisjs` block of its package.json, for this process.
 * The block is read after the instructions have run, and its names are right for an app that
 * installed the package under its own name only: under an alias they would add a second provider.
 */
export function withdrawFixedNames(): void {
  // The very object that sink holds: both have it from the cache of `require`.
  const { adonisjs } = require(join(packageRoot(__dirname), 'package.json'))
  delete adonisjs.types
  delete adonisjs.providers
}

function installedRoot(projectRoot: string, name: string): string | null {
  try {
    return realpathSync(dirname(require.resolve(`${name}/package.json`, { paths: [projectRoot] })))
  } catch {
    return null
  }
}

/** The nearest directory above with a package.json: the sources and the build differ in depth. */
function packageRoot(directory: string): string {
  return existsSync(join(directory, 'package.json')) ? directory : packageRoot(dirname(directory))
}

function dependencies(projectRoot: string): string[] {
  const path = join(projectRoot, 'package.json')
  const manifest = existsSync(path) ? JSON.parse(readFileSync(path, 'utf-8')) : {}

  return Object.keys({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  })
}
