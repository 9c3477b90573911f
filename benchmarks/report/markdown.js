const fs = require('fs')
const path = require('path')
const { chart } = require('./svg')
const { tablesOf } = require('./rows')

const DOCS = path.join(__dirname, '..', '..', 'docs')
const BLOCK = /(<!-- bench:start -->\n)[^]*(<!-- bench:end -->)/

const row = (cells) => `| ${cells.join(' | ')} |`

/** The first column to the left, numbers to the right, words to the left. */
function alignment(rows, column) {
  const isNumber = rows.every((cells) => /^[-\d.]*$/.test(cells[column]))
  return isNumber ? '---:' : '---'
}

function toMarkdown({ title, head, rows }) {
  const lines = [row(head), row(head.map((_, column) => alignment(rows, column))), ...rows.map(row)]
  return `### ${title[0].toUpperCase()}${title.slice(1)}\n\n${lines.join('\n')}\n`
}

/** On what it ran, in a few lines. */
function describe({ machine, settings, seconds }) {
  const packages = Object.entries(machine.packages).map(([name, version]) => `${name} ${version}`)
  return [
    `Measured on ${machine.date} in ${Math.ceil(seconds / 60)} minutes: ${machine.cpu}, ${machine.cores} cores,`,
    `${machine.memoryInGb} GB, ${machine.system}, Node.js ${machine.node}, Redis ${machine.redis},`,
    `PostgreSQL ${machine.postgres}.`,
    `${settings.rounds} rounds of ${settings.requests} requests, ${settings.browsers} sessions. Packages:`,
    `${packages.join(', ')}.`,
  ].join('\n')
}

/** Replaces what stands between the marks of `docs/performance.md`, and the chart beside it. */
function writeDocs(results) {
  const page = path.join(DOCS, 'performance.md')
  const tables = tablesOf(results)
  const goals = tables.pop()
  const text = [`${describe(results)}\n`, ...[goals, ...tables].map(toMarkdown)].join('\n')
  const old = fs.readFileSync(page, 'utf8')
  fs.writeFileSync(
    page,
    old.replace(BLOCK, (_, start, end) => `${start}\n${text}\n${end}`)
  )
  fs.writeFileSync(path.join(DOCS, 'performance.svg'), chart(results))
}

module.exports = { writeDocs }
