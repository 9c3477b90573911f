const { spawn } = require('child_process')
const { mkdtempSync, rmSync } = require('fs')
const { createServer } = require('net')
const { tmpdir } = require('os')
const path = require('path')

const READY = /ready to accept connections/i
const MISSING =
  'The benchmarks need redis-server, which is not on this machine. Install it with: apt-get install redis-server'

/** Servers that run, for the one exit handler that ends what is left. */
const running = new Set()
process.on('exit', () => running.forEach((redis) => redis.end()))

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** A Redis server of the benchmarks' own, on the loopback interface, which keeps nothing on disk. */
class Redis {
  static async start() {
    const redis = new Redis()
    redis.port = await freePort()
    redis.folder = mkdtempSync(path.join(tmpdir(), 'session-bench-redis-'))
    running.add(redis)
    const place = ['--port', `${redis.port}`, '--bind', '127.0.0.1', '--dir', redis.folder]
    redis.child = spawn('redis-server', [...place, '--save', '', '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    await redis.ready()
    return redis
  }

  ready() {
    let printed = ''
    return new Promise((resolve, reject) => {
      const hear = (chunk) => {
        printed = (printed + chunk).slice(-4096)
        READY.test(printed) && resolve()
      }
      this.child.stdout.on('data', hear)
      this.child.stderr.on('data', hear)
      this.child.once('error', (error) =>
        reject(error.code === 'ENOENT' ? new Error(MISSING) : error)
      )
      this.child.once('exit', (code) =>
        reject(new Error(`redis-server has ended with code ${code}:\n${printed}`))
      )
    })
  }

  end() {
    running.delete(this)
    this.child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

module.exports = { Redis }
