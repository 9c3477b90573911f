import { spawn } from 'child_process'
import { readdirSync } from 'fs'
import { join } from 'path'
import { stripVTControlCharacters } from 'util'
import { startServices } from '../test/services'
import { readSums, sumLine, Sums } from './sums'

const ROOT = join(__dirname, '..')
const LANES = 2

/** The folders that take longest run first, so that both lanes end at about the same time. */
const LONGEST = [
  'promises',
  'configure',
  'repository',
  'typings',
  'browser',
  'client',
  'interleavings',
]

/**
 * Runs all specs, a folder of `test` in a process of its own, two at a time: a spec often waits for a server or for
 * another process. Each lane has servers of its own, as some specs count what a server is asked.
 *
 * @returns the code that this process is to end with
 */
export async function runAll(without: string[]): Promise<number> {
  const folders = foldersOfSpecs()
  const ran: Ran[] = []

  async function lane(env: NodeJS.ProcessEnv) {
    for (let folder = folders.shift(); folder; folder = folders.shift()) {
      ran.push(await runFolder(folder, env))
    }
  }

  const lanes: Promise<void>[] = []
  for (let n = 0; n < LANES; n++) {
    await startServices(without)
    lanes.push(lane({ ...process.env }))
  }
  await Promise.all(lanes)

  ran.filter(({ sums }) => sums.failed).forEach(({ summary }) => console.log(summary))
  const sums = ran.reduce(add, { passed: 0, failed: 0, skipped: 0 })
  console.log(`\n${sumLine(sums)}`)
  return sums.failed || !sums.passed ? 1 : 0
}

interface Ran {
  sums: Sums
  /** What the reporter printed after the last test: the sums, and each failure with its stack. */
  summary: string
}

function add(all: Sums, { sums }: Ran): Sums {
  return {
    passed: all.passed + sums.passed,
    failed: all.failed + sums.failed,
    skipped: all.skipped + sums.skipped,
  }
}

function foldersOfSpecs(): string[] {
  const rank = (folder: string) => LONGEST.indexOf(folder) + 1 || LONGEST.length + 1
  return readdirSync(join(ROOT, 'test'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && specsIn(entry.name).length)
    .map((folder) => folder.name)
    .sort((one, other) => rank(one) - rank(other))
}

function specsIn(folder: string): string[] {
  return readdirSync(join(ROOT, 'test', folder)).filter((name) => name.endsWith('.spec.ts'))
}

/** The reporter's words above its sums. */
const SUMMARY = /^ (PASSED|FAILED|NO TESTS EXECUTED) /

/** Prints group by group, as those of the two lanes take turns. */
async function runFolder(folder: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  const files = specsIn(folder).map((name) => `--files=${folder}/${name}`)
  const register = join(ROOT, 'bin', 'register.js')
  const child = spawn(process.execPath, ['-r', register, join(__dirname, 'test.ts'), ...files], {
    cwd: ROOT,
    env: { ...env, TEST_SERVICES: 'running', ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const end = () => void child.kill()
  process.on('exit', end)

  let text = ''
  let summary = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (chunk: string) => {
    const groups = (text + chunk).split('\n\n')
    text = groups.pop()!
    for (const group of groups) {
      if (summary || SUMMARY.test(stripVTControlCharacters(group))) {
        summary += `${group}\n\n`
      } else {
        process.stdout.write(`${group}\n\n`)
      }
    }
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  process.off('exit', end)

  const sums = readSums(text.trim()) ?? { passed: 0, failed: 1, skipped: 0 }
  return { sums, summary: summary || `${folder} ended with code ${code}:\n${text}` }
}
