/** `npm run bench -- scale`: what a store must carry for many sessions, and how well the model predicts it. */
const fs = require('fs')
const path = require('path')
const { parseArgs } = require('util')
const { Progress } = require('./report/progress')
const { table } = require('./report/table')
const { replaceBlock, toLines } = require('./report/markdown')
const { check } = require('./scaling/check')
const { predict, total } = require('./scaling/model')
const { unitCosts } = require('./scaling/units')

const PAGE = path.join(__dirname, '..', 'docs', 'scaling.md')
const DRIVERS = ['redis', 'postgres']

const HELP = `Measures what each operation on a session costs Redis and PostgreSQL, checks the model with a store
that holds a million sessions, and works out a hundred million sessions at 100,000 requests a second.

  npm run bench -- scale [options]

  --drivers LIST   ${DRIVERS.join()}
  --quick          a few operations of each: does it run?
  --docs           writes the tables of docs/scaling.md
  --ours FOLDER    a build of adonis5-session other than that of the repository
`

const OPTIONS = {
  drivers: { type: 'string', default: DRIVERS.join() },
  quick: { type: 'boolean', default: false },
  docs: { type: 'boolean', default: false },
  ours: { type: 'string' },
  help: { type: 'boolean', default: false },
}

const FULL = { count: 20_000, stored: 1_000_000, seconds: 40 }
const QUICK = { count: 500, stored: 10_000, seconds: 5 }

const HOUR = 3600

/** 100,000 pages a second: 5,000 visits begin each second, and each is 20 pages in ten minutes. */
const TRAFFIC = { visitsPerSecond: 5000, pages: 20, secondsBetween: 30, writes: 0.1, logins: 0.3 }
const SETTINGS = { age: 5.5 * HOUR, touchEvery: 60, rotateEvery: Infinity }

/** What is changed, one thing at a time. */
const VARIANTS = [
  ['as above', {}],
  ['`touchEvery: 0`', { settings: { touchEvery: 0 } }],
  ["`touchEvery: '10m'`", { settings: { touchEvery: 600 } }],
  ["`rotateEvery: '5m'`", { settings: { rotateEvery: 300 } }],
  ["`age: '2h'`", { settings: { age: 2 * HOUR } }],
  ['every other page writes', { traffic: { writes: 0.5 } }],
]

const unitTable = (units) => ({
  title: 'What one operation costs, for a session of 1 KB',
  head: [
    'store',
    'operation',
    'statements',
    'CPU of the store, µs',
    'log, bytes',
    'holds more, bytes',
  ],
  rows: Object.entries(units).flatMap(([driver, costs]) =>
    Object.entries(costs).map(([name, cost]) => [
      driver,
      name,
      cost.statements.toFixed(1),
      cost.cpuInUs.toFixed(0),
      cost.walBytes === undefined ? '' : cost.walBytes.toFixed(0),
      Math.max(cost.bytes, 0).toFixed(0),
    ])
  ),
})

const checkTable = (rows) => ({
  title: 'What the model predicts, and what was found',
  head: ['store', 'what', 'unit', 'predicted', 'found', 'found of predicted'],
  rows: rows.map(({ driver, what, unit, predicted, found }) => [
    driver,
    what,
    unit,
    predicted.toFixed(1),
    found.toFixed(1),
    (found / predicted).toFixed(2),
  ]),
})

const millions = (count) => (count / 1e6).toFixed(0)
const gb = (bytes) => (bytes / 1e9).toFixed(0)

function scaleTable(units) {
  const cells = ({ rates, sessions, tombstones }) => [
    millions(sessions),
    millions(tombstones),
    Math.round(rates.touch + rates.write + rates.create + rates.regenerate).toLocaleString('en'),
    ...Object.values(units).flatMap((costs) => [
      (total(rates, costs, (cost) => cost.cpuInUs) / 1e6).toFixed(1),
      gb(sessions * costs.create.bytes + tombstones * costs.regenerate.bytes),
    ]),
  ]
  const stores = Object.keys(units).flatMap((driver) => [`${driver}: cores`, 'GB'])
  return {
    title: '100,000 requests a second',
    head: ['settings', 'sessions, million', 'old ids, million', 'changes/s', ...stores],
    rows: VARIANTS.map(([name, { traffic, settings }]) => [
      name,
      ...cells(predict({ ...TRAFFIC, ...traffic }, { ...SETTINGS, ...settings })),
    ]),
  }
}

async function scale(args) {
  const { values: options } = parseArgs({ args, options: OPTIONS })
  if (options.help) {
    return console.log(HELP)
  }
  const amounts = options.quick ? QUICK : FULL
  const progress = new Progress()
  const note = (text) => progress.note(text)
  const given = { ...amounts, build: options.ours, progress: note }

  const units = {}
  const checked = []
  for (const driver of options.drivers.split(',')) {
    progress.begin(driver)
    units[driver] = await unitCosts(driver, given)
    checked.push(...(await check(driver, units[driver], given)))
  }
  progress.clear()

  const tables = { units: unitTable(units), check: checkTable(checked), scale: scaleTable(units) }
  for (const { title, head, rows } of Object.values(tables)) {
    console.log(`\n${title}\n\n${table(head, rows)}`)
  }
  if (options.docs) {
    const page = Object.entries(tables).reduce(
      (text, [name, { head, rows }]) => replaceBlock(text, name, toLines({ head, rows })),
      fs.readFileSync(PAGE, 'utf8')
    )
    fs.writeFileSync(PAGE, page)
  }
}

module.exports = { scale }
