/**
 * `npm run example`: makes the application in `examples/app` runnable in a fresh clone, and runs it.
 * Nothing is installed when this starts, so it uses Node alone.
 *
 * The application has no packages of its own to install: it finds those of the repository above it,
 * and the session package through a link in its `node_modules`.
 */
const { randomBytes } = require('crypto')
const { spawn } = require('child_process')
const fs = require('fs')
const net = require('net')
const path = require('path')

const ROOT = path.join(__dirname, '..')
const APP = path.join(__dirname, 'app')
const SOURCES = 'src providers plugins config adonis-typings templates instructions.ts'.split(' ')

/** The process that runs now; it ends with this one. */
let child = null
let stopping = false

function run(command, args, options) {
  return new Promise((resolve, reject) => {
    child = spawn(command, args, { stdio: 'inherit', ...options })
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(signal ? 1 : code))
  })
}

/** The npm that runs this script, or else the one on the path, which on Windows is a batch file. */
function npm(args) {
  const cli = process.env.npm_execpath
  return cli && /npm-cli\.c?js$/.test(cli)
    ? run(process.execPath, [cli, ...args], { cwd: ROOT })
    : run('npm', args, { cwd: ROOT, shell: process.platform === 'win32' })
}

async function step(title, npmArgs) {
  const start = Date.now()
  console.log(`${title} …`)
  if ((await npm(npmArgs)) !== 0) {
    throw new Error(`"npm ${npmArgs.join(' ')}" failed. The reason is above.`)
  }
  console.log(`Done in ${Math.round((Date.now() - start) / 1000)} s.\n`)
}

/** The last change below a path. A directory counts too: its time tells of removed files. */
function newest(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (!stat) {
    return 0
  }
  const below = stat.isDirectory() ? fs.readdirSync(file) : []
  return Math.max(stat.mtimeMs, ...below.map((name) => newest(path.join(file, name))))
}

/** npm writes this file last, so that a broken-off install is done again. */
function isInstalled() {
  return fs.existsSync(path.join(ROOT, 'node_modules', '.package-lock.json'))
}

/** The build writes its templates last, so that a broken-off build is done again. */
function isBuilt() {
  const built = newest(path.join(ROOT, 'build', 'templates'))
  return built >= Math.max(...SOURCES.map((name) => newest(path.join(ROOT, name))))
}

/** Links the package into the app, unless `npm install` in the app has put it there. */
function linkPackage() {
  const link = path.join(APP, 'node_modules', 'adonis5-session')
  if (!fs.existsSync(link)) {
    fs.mkdirSync(path.dirname(link), { recursive: true })
    fs.rmSync(link, { force: true })
    fs.symlinkSync(ROOT, link, 'junction')
  }
}

/** The settings of this machine, with a key of its own, in a file that git ignores. */
function readEnv() {
  const file = path.join(APP, '.env')
  if (!fs.existsSync(file)) {
    const example = fs.readFileSync(path.join(APP, '.env.example'), 'utf8')
    const key = `APP_KEY=${randomBytes(24).toString('base64url')}`
    fs.writeFileSync(file, example.replace(/^APP_KEY=.*$/m, key), { mode: 0o600 })
  }
  const text = fs.readFileSync(file, 'utf8')
  return (name) => process.env[name] || text.match(new RegExp(`^${name}=(.*)$`, 'm'))?.[1].trim()
}

function isFree(port, host) {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

/** The port that was asked for, or else the first free one from that of `.env` on. */
async function choosePort(env) {
  const host = env('HOST')
  const first = Number(env('PORT') || 3333)
  if (process.env.PORT && !(await isFree(first, host))) {
    throw new Error(
      `Port ${first} is in use. Choose another one: PORT=${first + 1} npm run example`
    )
  }
  let port = first
  while (port < first + 100 && !(await isFree(port, host))) {
    port++
  }
  return port
}

/** Makes the table of sessions in an empty database. */
async function migrate() {
  const ended = run(process.execPath, ['ace', 'migration:run', '--force'], { cwd: APP })
  if ((await ended) !== 0) {
    throw new Error('The table of sessions could not be made. The reason is above.')
  }
}

async function serve(env) {
  const port = await choosePort(env)
  if ([env('SESSION_DRIVER'), env('SESSION_REVOCATION')].includes('database')) {
    await migrate()
  }
  const args = ['-r', '@adonisjs/assembler/build/register', 'server.ts']
  const ended = run(process.execPath, args, {
    cwd: APP,
    env: { ...process.env, PORT: String(port) },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })

  let isServing = false
  child.on('message', (message) => {
    if (message?.isAdonisJS) {
      isServing = true
      const host = message.host === '0.0.0.0' ? '127.0.0.1' : message.host
      console.log(`The example is running, with the ${env('SESSION_DRIVER')} driver:\n`)
      console.log(`  http://${host}:${message.port}\n`)
      console.log('Press Ctrl-C to stop it.')
    }
  })

  // AdonisJS prints why it cannot boot, and ends with 0.
  const code = await ended
  return isServing ? code : code || 1
}

async function start() {
  if (!isInstalled()) {
    const flags = ['--include=dev', '--loglevel=error']
    await step('Installing the packages, which takes a minute or two', [
      'ci',
      '--ignore-scripts',
      ...flags,
    ])
  }
  if (!isBuilt()) {
    await step('Building adonis5-session', ['run', '--silent', 'build'])
  }
  linkPackage()
  return serve(readEnv())
}

/** Ctrl-C reaches the child, too; a signal to this process alone is passed on. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopping = true
    child?.kill(signal)
  })
}

start()
  .catch((error) => {
    if (!stopping) {
      console.error(`\n${error.message}`)
    }
    return 1
  })
  .then((code) => {
    process.exitCode = stopping ? 0 : code
  })
