import { ChildProcess, fork } from 'child_process'
import { join } from 'path'

const REGISTER = join(__dirname, '..', '..', 'bin', 'register')

/** As many as most clusters have, and one to replace what a test kills. */
const SPARES = 3

/** Processes that have loaded the code of an app and wait for its options: loading takes longer than most tests. */
const spares: ChildProcess[] = []

function load(): ChildProcess {
  return fork(join(__dirname, 'worker.ts'), { execArgv: ['-r', REGISTER] })
}

/** The process of this file may end while spares wait: they end with it. */
function setAside(child: ChildProcess) {
  child.unref()
  child.channel!.unref()
  spares.push(child)
}

/** A process that runs `worker.ts`, and does nothing before it's told to start. */
export function takeProcess(): ChildProcess {
  const child = spares.shift() ?? load()
  child.ref()
  child.channel!.ref()
  while (spares.length < SPARES) {
    setAside(load())
  }
  return child
}
