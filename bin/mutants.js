/**
 * Breaks the source on purpose, one place at a time, and tells which breaks no test notices:
 * `npm run mutants`, or `npm run mutants -- table files` for some areas. What was found is kept by file in
 * bin/mutants.results.json, and written into docs/mutations.md (`npm run mutants -- --report`: that alone).
 */
const { createHash } = require('crypto')
const { existsSync, readFileSync, writeFileSync } = require('fs')
const { join } = require('path')
const { AREAS, EQUIVALENT } = require('./mutants.config')

const ROOT = join(__dirname, '..')
const RESULTS = join(__dirname, 'mutants.results.json')
const REPORT = join(ROOT, 'docs', 'mutations.md')

const known = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, 'utf8')) : {}

const sourceOf = (file) => readFileSync(join(ROOT, 'src', file), 'utf8')
const digestOf = (file) => createHash('sha1').update(sourceOf(file)).digest('hex').slice(0, 12)

async function breakAll(area) {
  const { Stryker } = await import('@stryker-mutator/core')
  const { files: patterns, texts = false, specs, drivers = [] } = AREAS[area]
  const results = await new Stryker({
    mutate: patterns.map((file) => `src/${file}`),
    mutator: { excludedMutations: texts ? [] : ['StringLiteral'] },
    testRunner: 'command',
    // What is compiled belongs to the copy that Stryker makes: `node_modules` is shared.
    commandRunner: {
      command: `CACHE_DIR=tmp/cache TEST_DRIVERS=${drivers} node -r ./bin/register bin/mutant.ts ${specs.join(' ')}`,
    },
    reporters: [process.stderr.isTTY ? 'progress' : 'progress-append-only'],
    concurrency: 2,
    // Added to one and a half times the first run. What takes longer counts as noticed, so a busy machine needs some.
    timeoutMS: 60_000,
    dryRunTimeoutMinutes: 20,
    ignorePatterns: ['build', 'tmp', 'benchmarks'],
    tempDirName: 'tmp/stryker',
    cleanTempDir: 'always',
    logLevel: 'warn',
  }).runMutationTest()

  tellOfOtherEnds(results)
  const mutants = results.map(({ fileName, location, replacement, status }) => {
    const file = fileName.split(/[\\/]src[\\/]/)[1].replace(/\\/g, '/')
    return { file, from: textAt(file, location), to: flat(replacement), status }
  })
  const files = [...new Set(mutants.map((mutant) => mutant.file))]
  for (const file of files) {
    const ofFile = mutants.filter((mutant) => mutant.file === file)
    const left = ofFile.filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    known[file] = {
      source: digestOf(file),
      broken: ofFile.filter(({ status }) => status !== 'CompileError').length,
      unnoticed: left.map(({ from, to }) => ({ from, to })),
    }
  }
  writeFileSync(RESULTS, JSON.stringify(sorted(known), null, 2) + '\n')
  return files
}

/** Stryker goes by the exit code alone: a run that ends for another reason than a test counts as one that noticed. */
function tellOfOtherEnds(results) {
  const others = results.filter(
    ({ status, statusReason = '' }) => status === 'Killed' && !statusReason.includes('noticed by:')
  )
  if (others.length) {
    console.error(`${others.length} of ${results.length} runs ended without a test that noticed:`)
    new Set(others.map(({ statusReason }) => flat(statusReason).slice(-200))).forEach((reason) =>
      console.error(`  ${reason}`)
    )
  }
}

const sorted = (map) => Object.fromEntries(Object.entries(map).sort())

/** The text that was replaced: a line number would not outlive the next change. */
function textAt(file, { start, end }) {
  const source = readFileSync(join(ROOT, 'src', file), 'utf8').split('\n')
  const lines = source.slice(start.line - 1, end.line)
  lines.push(lines.pop().slice(0, end.column - 1))
  lines.unshift(lines.shift().slice(start.column - 1))
  return flat(lines.join(' '))
}

function flat(text) {
  return text.replace(/\s+/g, ' ').trim()
}

/** Why no test can notice a break; `undefined`: one should. */
function whyNot(file, { from, to }) {
  const isIt = (one) =>
    one.file === file && one.from === from && (one.to === undefined || one.to === to)
  return EQUIVALENT.find(isIt)?.why
}

function openIn(file) {
  return known[file].unnoticed.filter((mutant) => !whyNot(file, mutant))
}

function report() {
  const code = (text) => `\`${text.replace(/\|/g, '\\|').replace(/`/g, "'")}\``
  const files = Object.keys(sorted(known)).filter((file) => existsSync(join(ROOT, 'src', file)))
  const sums = files.map((file) => {
    const { broken, unnoticed, source } = known[file]
    const isOld = source === digestOf(file) ? '' : ', before the last change'
    const open = openIn(file).length
    const rest = [broken, broken - unnoticed.length, unnoticed.length - open, open].join(' | ')
    return `| ${code(file)}${isOld} | ${rest} |`
  })
  const row = (file, { from, to }) => `| ${code(file)} | ${code(from)} | ${code(to)} |`
  const reasons = files.flatMap((file) =>
    known[file].unnoticed
      .filter((mutant) => whyNot(file, mutant))
      .map((mutant) => `${row(file, mutant)} ${whyNot(file, mutant)} |`)
  )
  const open = files.flatMap((file) => openIn(file).map((mutant) => row(file, mutant)))
  return [
    '# Mutations',
    '',
    '`npm run mutants` breaks the source in one place at a time (a condition that is always true, a block that',
    'is empty, another operator) and runs the tests of that area. This is what it found last, by file of `src`.',
    '',
    '| File | Broken | Noticed | No test can notice | Not noticed |',
    '| --- | --- | --- | --- | --- |',
    ...sums,
    '',
    ...(reasons.length
      ? [
          '## Changes that no test can notice',
          '',
          '| File | Text | Became | Why |',
          '| --- | --- | --- | --- |',
        ]
      : []),
    ...reasons,
    ...(reasons.length ? [''] : []),
    '## Changes that no test noticed',
    '',
    ...(open.length ? ['| File | Text | Became |', '| --- | --- | --- |', ...open] : ['Nothing.']),
    '',
  ].join('\n')
}

async function main() {
  const given = process.argv.slice(2)
  const unknown = given.find((area) => !AREAS[area])
  if (unknown && unknown !== '--report') {
    throw new Error(`There is no area "${unknown}". There are: ${Object.keys(AREAS).join(', ')}`)
  }
  const files = []
  for (const area of unknown ? [] : given.length ? given : Object.keys(AREAS)) {
    files.push(...(await breakAll(area)))
    writeFileSync(REPORT, report())
  }
  writeFileSync(REPORT, report())
  const open = files.flatMap((file) => openIn(file).map((mutant) => ({ file, ...mutant })))
  open.forEach(({ file, from, to }) => console.log(`${file}: ${from}  →  ${to}`))
  process.exitCode = open.length ? 1 : 0
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
