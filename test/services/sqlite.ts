import { execFileSync } from 'child_process'
import { join } from 'path'

const ROOT = join(__dirname, '..', '..')

/** SQLite runs in this process: its code must fit the version of Node.js, and is compiled where it does not. */
export function requireSqlite() {
  if (!loads()) {
    // eslint-disable-next-line no-console -- it takes a minute
    console.log('Compiling SQLite for this version of Node.js…')
    execFileSync('npm', ['rebuild', 'better-sqlite3', '--ignore-scripts=false'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  if (!loads()) {
    throw new Error(
      'The tests need better-sqlite3, which could not be compiled. Install a compiler with: apt-get install make g++ python3'
    )
  }
}

/** In a process of its own: what failed to load once does not load again. */
function loads(): boolean {
  try {
    execFileSync(process.execPath, ['-e', "new (require('better-sqlite3'))(':memory:')"], {
      cwd: ROOT,
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}
