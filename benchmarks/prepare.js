/** Makes the benchmarks runnable in a fresh clone. Nothing is installed when this starts, so it uses Node alone. */
const { spawnSync } = require('child_process')
const fs = require('fs')
const path = require('path')

const ROOT = path.join(__dirname, '..')
const COMPANY = path.join(__dirname, 'company')
const SOURCES = 'src providers plugins config adonis-typings templates instructions.ts'.split(' ')

/** The npm that runs this script, or else the one on the path, which on Windows is a batch file. */
function npm(args, cwd) {
  const cli = process.env.npm_execpath
  return cli && /npm-cli\.c?js$/.test(cli)
    ? spawnSync(process.execPath, [cli, ...args], { cwd, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
}

function step(title, args, cwd = ROOT) {
  console.log(`${title} …`)
  if (npm(args, cwd).status !== 0) {
    throw new Error(`"npm ${args.join(' ')}" failed. The reason is above.`)
  }
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
function isInstalled(folder) {
  const written = newest(path.join(folder, 'node_modules', '.package-lock.json'))
  return written >= newest(path.join(folder, 'package-lock.json'))
}

/** The build writes its templates last, so that a broken-off build is done again. */
function isBuilt() {
  const built = newest(path.join(ROOT, 'build', 'templates'))
  return built >= Math.max(...SOURCES.map((name) => newest(path.join(ROOT, name))))
}

/** The packages of the repository and of the benchmarks, and a build of what is measured. */
function prepare({ needsBuild }) {
  const flags = ['--include=dev', '--loglevel=error']
  if (!fs.existsSync(path.join(ROOT, 'node_modules', '.package-lock.json'))) {
    step('Installing the packages, which takes a minute or two', ['ci', ...flags])
  }
  if (!isInstalled(__dirname)) {
    step('Installing the packages of the benchmarks', ['ci', '--loglevel=error'], __dirname)
  }
  if (needsBuild && !isBuilt()) {
    step('Building adonis5-session', ['run', '--silent', 'build'])
  }
}

/** AdonisJS 7, and the Node.js that it needs. */
function prepareCompany() {
  if (!isInstalled(COMPANY)) {
    const args = ['ci', '--ignore-scripts', '--loglevel=error']
    step('Installing AdonisJS 7 and Node.js 24', args, COMPANY)
  }
}

module.exports = { prepare, prepareCompany }
