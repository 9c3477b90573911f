const fs = require('fs')
const path = require('path')
const { costChart, pressureChart } = require('./charts')
const { WORKLOADS } = require('../catalog')
const { tablesOf } = require('./rows')

const DOCS = path.join(__dirname, '..', '..', 'docs')
const RESULTS = path.join(__dirname, '..', 'results.md')

const row = (cells) => `| ${cells.join(' | ')} |`

/** The first column to the left, numbers to the right, words to the left. */
function alignment(rows, column) {
  const isNumber = rows.every((cells) => /^[-\d.]*$/.test(cells[column]))
  return isNumber ? '---:' : '---'
}

const toLines = ({ head, rows }) =>
  [row(head), row(head.map((_, column) => alignment(rows, column))), ...rows.map(row)].join('\n')

/** Puts a text between the marks of a block of that name. */
function replaceBlock(page, name, text) {
  const block = new RegExp(`(<!-- ${name}:start -->\\n)[^]*(<!-- ${name}:end -->)`)
  if (!block.test(page)) {
    throw new Error(`The page has no block "${name}"`)
  }
  return page.replace(block, (_, start, end) => `${start}\n${text}\n\n${end}`)
}

function toMarkdown({ title, ...table }) {
  return `## ${title[0].toUpperCase()}${title.slice(1)}\n\n${toLines(table)}\n`
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

/** What a session costs, a row for each driver: µs of CPU above the bare server, and in brackets of 6.4.0. */
function summaryOf({ timings }) {
  const workloads = [...new Set(Object.values(timings).flatMap(Object.keys))]
  const cell = (timed) => {
    const above = timed?.ours?.aboveInUs
    const old = (timed?.old ?? timed?.oldInRedis)?.aboveInUs
    return above === undefined
      ? ''
      : [above.toFixed(0), old && `(${(above / old).toFixed(2)})`].filter(Boolean).join(' ')
  }
  return {
    head: ['driver', ...workloads.map((name) => WORKLOADS[name].short)],
    rows: Object.entries(timings).map(([driver, found]) => [
      driver,
      ...workloads.map((name) => cell(found[name])),
    ]),
  }
}

/**
 * Writes all tables into `benchmarks/results.md`, the summary between the marks of `docs/performance.md`, and the
 * charts beside it.
 */
function writeDocs(results) {
  const page = path.join(DOCS, 'performance.md')
  const tables = tablesOf(results)
  const goals = tables.pop()
  const about = `${describe(results)}\n`
  const all = [goals, ...tables].map(toMarkdown)
  fs.writeFileSync(RESULTS, ['# Results of the benchmarks\n', about, ...all].join('\n'))
  const summary = toLines(summaryOf(results))
  const old = fs.readFileSync(page, 'utf8')
  fs.writeFileSync(page, replaceBlock(old, 'bench', `${about}\n${summary}`))
  fs.writeFileSync(path.join(DOCS, 'performance.svg'), costChart(results))
  fs.writeFileSync(path.join(DOCS, 'pressure.svg'), pressureChart(results))
}

module.exports = { writeDocs, replaceBlock, toLines }
