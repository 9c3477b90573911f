import { execFile } from 'child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'fs'
import { tmpdir } from 'os'
import { basename, join } from 'path'
import { ROOT } from './imports'

/** The names under which the package is installed: its own, and that of what it replaces. */
export const OWN_NAME: string = require('../../package.json').name
export const OLD_NAME = '@adonisjs/session'

/** What an app has beside the package: the last releases of AdonisJS 5, and what these bring. */
const COMPANIONS = {
  '@adonisjs/core': '5.9.0',
  '@adonisjs/auth': '8.2.3',
  '@adonisjs/redis': '7.3.4',
  '@adonisjs/shield': '7.1.1',
  '@adonisjs/sink': '5.4.3',
  '@adonisjs/view': '6.2.0',
  '@japa/browser-client': '1.2.0',
  '@japa/preset-adonis': '1.2.0',
  '@types/node': '17.0.45',
  playwright: '1.65.1',
  'reflect-metadata': '0.1.13',
  typescript: '4.9.5',
}

const NOT_COPIED = ['.git', 'build', 'coverage', 'node_modules', 'tmp']

export interface Packed {
  tarball: string
  /** Paths in the tarball, relative to the package. */
  files: string[]
}

export interface Ran {
  code: number
  /** What was written to both outputs. */
  output: string
}

/**
 * Outside of the project, so that nothing is found in its `node_modules` by chance. Removed with the
 * process, as it is shared by all specs.
 */
let workspace: string | undefined
process.on('exit', () => workspace && rmSync(workspace, { recursive: true, force: true }))

export function newDirectory(name: string): string {
  workspace ??= mkdtempSync(join(tmpdir(), 'session-package-'))
  const directory = join(workspace, name)
  mkdirSync(directory, { recursive: true })
  return directory
}

/** Runs a program to its end; a code other than 0 is an answer, not an error. */
export function run(
  program: string,
  args: string[],
  cwd: string,
  variables: NodeJS.ProcessEnv = {}
): Promise<Ran> {
  // What `npm run` tells its scripts is about this project, and npm would act on it elsewhere.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_local|package|lifecycle)/.test(name)
  )
  const env = { ...Object.fromEntries(inherited), ...variables }
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? error.code : 0
      return typeof code === 'number' ? resolve({ code, output: stderr + stdout }) : reject(error)
    })
  })
}

/** The same, where anything but 0 is an error that shows what was printed. */
export async function mustRun(program: string, args: string[], cwd: string): Promise<string> {
  const { code, output } = await run(program, args, cwd)
  if (code) {
    throw new Error(`"${program} ${args.join(' ')}" ended with code ${code}:\n${output}`)
  }
  return output
}

/** Makes a promise once, and hands it out to everybody who asks. */
function once<T>(make: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const made = new Map<string, Promise<T>>()
  return (name) => {
    made.has(name) || made.set(name, make(name))
    return made.get(name)!
  }
}

const packedAs = once<Packed>(async () => {
  const project = newDirectory('project')
  cpSync(ROOT, project, {
    recursive: true,
    filter: (path) => path === ROOT || !NOT_COPIED.includes(basename(path)),
  })
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'))

  await mustRun('npm', ['run', 'build'], project)
  await mustRun('npm', ['pack'], project)
  const { version } = require('../../package.json')
  const tarball = join(project, `${OWN_NAME}-${version}.tgz`)
  const listed = await mustRun('tar', ['-tzf', tarball], project)
  return {
    tarball,
    files: listed
      .trim()
      .split('\n')
      .map((line) => line.replace(/^package\//, '')),
  }
})

/**
 * The tarball of the package as `npm run build` and `npm pack` make it, of a copy of the project: an
 * old `build` cannot pass for a new one, and nobody's build is cleaned away under him.
 */
export function packed(): Promise<Packed> {
  return packedAs(OWN_NAME)
}

/**
 * The directory of an empty app into which npm has installed the tarball, under the given name, and
 * what an app has beside it.
 *
 * @throws when npm finds that the peers do not fit (ERESOLVE)
 */
export const installedAs = once<string>(async (name) => {
  const { tarball } = await packed()
  const app = newDirectory(`app-as-${basename(name)}`)
  const dependencies = { ...COMPANIONS, [name]: `file:${tarball}` }
  const manifest = { name: 'app', version: '1.0.0', private: true, dependencies }
  writeFileSync(join(app, 'package.json'), JSON.stringify(manifest))
  await mustRun('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit'], app)
  return app
})
