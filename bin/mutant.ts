/**
 * Runs specs and stops at the first test that fails: `npm run mutants` calls it once with the source as it is, and
 * then with one line of it broken at a time. The first run keeps what each spec ran of the source, so that a break
 * is shown to the specs that run it, beginning with those that have noticed most.
 */
import { ChildProcess } from 'child_process'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'fs'
import { assert } from '@japa/assert'
import { configure, run } from '@japa/runner'
import { dirname, join, relative } from 'path'
import { startServices } from '../test/services'

/** In the copy of the project that Stryker makes for a run: by break, the specs that run it. */
const COVERAGE = join('tmp', 'coverage.json')

/** A line for each break that was noticed: the spec that did. */
const NOTICED = join('tmp', 'noticed.txt')

/** The key of the specs that start processes: what those run is not known, so they see every break. */
const ALL = '*'

const TESTS = join(__dirname, '..', 'test')
const broken = process.env.__STRYKER_ACTIVE_MUTANT__

type Instrumented = {
  __stryker__?: {
    currentTestId?: string
    mutantCoverage?: { static: object; perTest: Record<string, object> }
  }
}

async function main() {
  await startServices(['chromium'])

  const given = process.argv.slice(2)
  const specs = broken ? specsFor(broken, given) : given
  let last = ''
  configure({
    suites: [
      { name: 'specs', files: async () => specs.map((spec) => join(TESTS, `${spec}.spec.ts`)) },
    ],
    timeout: 30_000,
    plugins: [assert()],
    reporters: [
      (_, emitter) => {
        const starts = (options: { meta: { fileName?: string } }) => {
          last = specOf(options.meta.fileName)
          const instrumented = (globalThis as Instrumented).__stryker__
          if (instrumented) instrumented.currentTestId = last
        }
        const ends = ({ hasError, title }: { hasError: boolean; title: unknown }) => {
          if (hasError) stop(`noticed by: ${title}`, last)
        }
        emitter.on('group:start', starts)
        emitter.on('test:start', starts)
        emitter.on('test:end', ends)
        emitter.on('group:end', ends)
      },
    ],
    importer: (path) => import(path),
    forceExit: true,
  })
  const withProcesses = new Set<string>()
  if (!broken) {
    tellOfProcesses(() => withProcesses.add(last))
    process.on('exit', () => keepCoverage(withProcesses))
  }
  await run()
}

function specOf(fileName = '') {
  return relative(TESTS, fileName).replace(/\.spec\.ts$/, '')
}

function tellOfProcesses(tell: () => void) {
  const prototype = ChildProcess.prototype as unknown as { spawn: (...args: unknown[]) => unknown }
  const { spawn } = prototype
  prototype.spawn = function (...args) {
    tell()
    return spawn.apply(this, args)
  }
  process.on('worker', tell)
}

function keepCoverage(withProcesses: Set<string>) {
  const { perTest = {}, static: atLoad = {} } =
    (globalThis as Instrumented).__stryker__?.mutantCoverage ?? {}
  const specs: Record<string, string[]> = { [ALL]: [...withProcesses] }
  for (const [spec, mutants] of Object.entries(perTest)) {
    for (const mutant of Object.keys(mutants)) (specs[mutant] ??= []).push(spec)
  }
  // What runs when a file is loaded may change any spec.
  Object.keys(atLoad).forEach((mutant) => delete specs[mutant])
  mkdirSync(dirname(COVERAGE), { recursive: true })
  writeFileSync(COVERAGE, JSON.stringify(specs))
}

function specsFor(mutant: string, given: string[]) {
  const covered = JSON.parse(readIfThere(COVERAGE) || '{}')
  const known = new Set<string>([...(covered[mutant] ?? given), ...(covered[ALL] ?? [])])
  const noticed = new Map<string, number>()
  for (const spec of readIfThere(NOTICED).split('\n')) {
    noticed.set(spec, (noticed.get(spec) ?? 0) + 1)
  }
  return given
    .filter((spec) => known.has(spec))
    .sort((a, b) => (noticed.get(b) ?? 0) - (noticed.get(a) ?? 0))
}

function readIfThere(file: string) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function stop(reason: string, spec?: string) {
  console.log(reason)
  if (broken && spec) appendFileSync(NOTICED, `${spec}\n`)
  process.exit(1)
}

main().catch((error) => stop(error.message))
