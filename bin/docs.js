/**
 * `npm run docs` serves the documentation site while you write, `npm run docs:build` builds it. The site
 * has packages of its own, in `docs`, so that the package and its tests do without them. Pages that are
 * written here, and not by hand, are in `docs/reference`.
 */
const { spawn } = require('child_process')
const fs = require('fs')
const path = require('path')
const { writeReference } = require('./reference')

const ROOT = path.join(__dirname, '..')
const DOCS = path.join(ROOT, 'docs')
const REFERENCE = path.join(DOCS, 'reference')
const VITEPRESS = path.join(DOCS, 'node_modules', 'vitepress', 'bin', 'vitepress.js')
const ARGS = {
  dev: ['dev', '.', '--host', '127.0.0.1'],
  build: ['build', '.'],
  preview: ['preview', '.', '--host', '127.0.0.1'],
}

/** The changelog is a page of the site, with links that lead to other pages from where it is. */
function writeChangelog() {
  const text = fs.readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8')
  fs.writeFileSync(path.join(REFERENCE, 'changelog.md'), text.replaceAll('](docs/', '](../'))
}

const [task = 'dev', ...more] = process.argv.slice(2)

if (!ARGS[task]) {
  console.error(`"${task}" is none of ${Object.keys(ARGS).join(', ')}`)
  process.exitCode = 1
} else if (!fs.existsSync(VITEPRESS)) {
  console.error('docs/node_modules is missing. Run "npm ci --ignore-scripts --prefix docs" once')
  process.exitCode = 1
} else {
  writeReference(REFERENCE)
  writeChangelog()
  const child = spawn(process.execPath, [VITEPRESS, ...ARGS[task], ...more], {
    cwd: DOCS,
    stdio: 'inherit',
  })
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}
