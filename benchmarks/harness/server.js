const { fork } = require('child_process')
const path = require('path')

const ENTRY = path.join(__dirname, '..', 'servers', 'process.js')

/** Processes that run, for the one exit handler that ends what is left. */
const running = new Set()
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** A server in a process of its own, which answers what it has used. */
class ServerProcess {
  /**
   * Starts the server of `spec`; settles when it listens. `execPath` is another Node.js than that of this
   * process, `execArgv` are its flags.
   */
  static async start(spec, { execPath = process.execPath, execArgv = [] } = {}) {
    const server = new ServerProcess(spec, { execPath, execArgv })
    await server.started
    return server
  }

  constructor(spec, { execPath, execArgv }) {
    this.spec = spec
    this.asked = 0
    this.answers = new Map()
    this.child = fork(ENTRY, [JSON.stringify(spec)], {
      execPath,
      execArgv: ['--expose-gc', ...execArgv],
      env: { ...process.env, NODE_ENV: 'production', ENV_SILENT: 'true', NODE_OPTIONS: '' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    running.add(this.child)
    this.started = new Promise((resolve, reject) => {
      this.child.on('message', (message) => this.hear(message, resolve, reject))
      this.child.on('exit', (code) => this.end(code, reject))
    })
  }

  /** Asks the process something by name; see `ANSWERS` in `servers/process.js`. */
  ask(question, argument) {
    return new Promise((resolve, reject) => {
      const ask = ++this.asked
      this.answers.set(ask, { resolve, reject })
      this.child.send({ ask, question, argument }, (error) => error && reject(error))
    })
  }

  stop() {
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGKILL')
    return ended
  }

  hear({ port, failed, answer, value, error }, resolve, reject) {
    if (port) {
      this.url = `http://127.0.0.1:${port}`
      this.port = port
      return resolve()
    }
    if (failed) {
      return reject(new Error(`The server "${this.spec.name}" does not start:\n${failed}`))
    }
    const waiting = this.answers.get(answer)
    if (!waiting) {
      // AdonisJS 7 tells whoever started it that it's ready, in words of its own.
      return
    }
    this.answers.delete(answer)
    error ? waiting.reject(new Error(error)) : waiting.resolve(value)
  }

  end(code, reject) {
    running.delete(this.child)
    const error = new Error(`The server "${this.spec.name}" has ended with code ${code}`)
    reject(error)
    this.answers.forEach((waiting) => waiting.reject(error))
  }
}

module.exports = { ServerProcess }
