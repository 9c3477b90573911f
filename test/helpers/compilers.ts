import { mkdirSync, rmSync, writeFileSync } from 'fs'
import { join } from 'path'
import { ROOT } from './imports'
import { mustRun, newDirectory, run } from './packed'

/** A version of TypeScript, and what it must be told to compile an app of AdonisJS 5. */
export interface Compiler {
  version: string
  /** The directory of its package. */
  directory(): Promise<string>
  options: Record<string, unknown>
}

export interface Compiled {
  /** `app.ts(7,1): error TS2345: …`, with paths relative to the program. */
  errors: string[]
  /** How many types the compiler made of generic ones: a measure of its work that is the same on any machine. */
  instantiations: number
}

/** Not in the lockfile: its package is for one platform, and nothing but these tests needs it. */
const NEWEST = '7.0.2'

const COMMONJS = { module: 'commonjs', moduleResolution: 'node' }

/** A compiler that this project depends on, under the name that it has here. */
function own(name: string): Compiler {
  const directory = join(ROOT, 'node_modules', name)
  const { version } = require(join(directory, 'package.json'))
  return { version, directory: async () => directory, options: COMMONJS }
}

let newest: Promise<string> | undefined

async function installNewest(): Promise<string> {
  const directory = newDirectory('newest-typescript')
  const args = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit']
  await mustRun('npm', [...args, '--prefix', directory, `typescript@${NEWEST}`], directory)
  return join(directory, 'node_modules', 'typescript')
}

/** The oldest TypeScript that the typings are for, the last one that apps of AdonisJS 5 are built with, and the newest. */
export const COMPILERS: Compiler[] = [
  own('typescript-4.6'),
  own('typescript'),
  {
    version: NEWEST,
    directory: () => (newest ??= installNewest()),
    options: { module: 'preserve', moduleResolution: 'bundler' },
  },
]

export const STRICT = {
  target: 'ES2020',
  lib: ['ES2020'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  esModuleInterop: true,
}

/** Packages whose types an app has, and the tests with it. */
export const APP_TYPES = [
  '@types/node',
  '@adonisjs/core',
  '@adonisjs/view',
  '@japa/preset-adonis/build/adonis-typings',
]

/** Several run at once in one directory. */
let compilations = 0

/** Compiles the files of `tsconfig`, which is written to a directory. */
export async function compile(
  compiler: Compiler,
  directory: string,
  tsconfig: { compilerOptions: Record<string, unknown>; include: string[] }
): Promise<Compiled> {
  const compilerOptions = { ...STRICT, ...tsconfig.compilerOptions, ...compiler.options }
  const project = join(directory, `tsconfig.${++compilations}.json`)
  writeFileSync(project, JSON.stringify({ ...tsconfig, compilerOptions }))

  const tsc = join(await compiler.directory(), 'bin', 'tsc')
  const args = [tsc, '--pretty', 'false', '--extendedDiagnostics', '-p', project]
  const { output } = await run(process.execPath, args, directory)
  const instantiations = /^Instantiations:\s+(\d+)$/m.exec(output)
  if (!instantiations) {
    throw new Error(`TypeScript ${compiler.version} did not compile ${project}:\n${output}`)
  }
  return {
    errors: [...output.matchAll(/^.*error TS\d+: .*$/gm)].map(([line]) => line),
    instantiations: Number(instantiations[1]),
  }
}

/** A directory inside of the project, whose packages a program there finds. It is removed with the process. */
export function directoryInProject(name: string): string {
  const directory = join(ROOT, 'tmp', `${name}-${process.pid}`)
  mkdirSync(directory, { recursive: true })
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}
