/**
 * Breaks the source on purpose, one place at a time, and tells which breaks no test notices:
 * `npm run mutants`, or `npm run mutants -- table files` for some areas. The report is docs/mutations.md,
 * of these runs and the last ones of the other areas.
 */
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('fs')
const { join } = require('path')
const { AREAS, EQUIVALENT } = require('./mutants.config')

const ROOT = join(__dirname, '..')
const RESULTS = join(ROOT, 'tmp', 'mutants')
const REPORT = join(ROOT, 'docs', 'mutations.md')

const resultsOf = (area) => join(RESULTS, `${area}.json`)

async function breakAll(area) {
  const { Stryker } = await import('@stryker-mutator/core')
  const { files, texts = false, specs } = AREAS[area]
  const results = await new Stryker({
    mutate: files.map((file) => `src/${file}`),
    mutator: { excludedMutations: texts ? [] : ['StringLiteral'] },
    testRunner: 'command',
    // What is compiled belongs to the copy that Stryker makes: `node_modules` is shared.
    commandRunner: {
      command: `CACHE_DIR=tmp/cache node -r ./bin/register bin/mutant.ts ${specs.join(' ')}`,
    },
    reporters: [process.stderr.isTTY ? 'progress' : 'progress-append-only'],
    concurrency: 2,
    timeoutMS: 60_000,
    ignorePatterns: ['build', 'tmp', 'docs'],
    tempDirName: 'tmp/stryker',
    cleanTempDir: 'always',
    logLevel: 'warn',
  }).runMutationTest()

  const mutants = results.map(({ fileName, mutatorName, location, replacement, status }) => {
    const file = fileName.split(/[\\/]src[\\/]/)[1].replace(/\\/g, '/')
    const from = textAt(file, location)
    return { file, line: location.start.line, mutatorName, from, to: flat(replacement), status }
  })
  mkdirSync(RESULTS, { recursive: true })
  writeFileSync(resultsOf(area), JSON.stringify(mutants, null, 2))
}

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

/** What no test noticed, with the reason why none can; `undefined`: there is none. */
function unnoticed(mutants) {
  return mutants
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map((mutant) => {
      const isIt = ({ file, from, to }) =>
        file === mutant.file && from === mutant.from && (to === undefined || to === mutant.to)
      return { ...mutant, why: EQUIVALENT.find(isIt)?.why }
    })
}

function report() {
  const code = (text) => `\`${text.replace(/\|/g, '\\|').replace(/`/g, "'")}\``
  const areas = Object.keys(AREAS).filter((area) => existsSync(resultsOf(area)))
  const runs = areas.map((area) => [area, JSON.parse(readFileSync(resultsOf(area), 'utf8'))])
  const sums = runs.map(([area, mutants]) => {
    const files = AREAS[area].files.map((file) => code(file)).join(', ')
    const left = unnoticed(mutants).length
    return `| ${area} | ${files} | ${mutants.length} | ${mutants.length - left} | ${left} |`
  })
  const rows = runs
    .flatMap(([, mutants]) => unnoticed(mutants))
    .map(({ file, from, to, why }) => `| ${file} | ${code(from)} | ${code(to)} | ${why ?? ''} |`)
  return [
    '# Broken on purpose',
    '',
    '`npm run mutants` breaks the source in one place at a time (a condition that is always true, a block that',
    'is empty, another operator) and runs the tests of that area. This is what it wrote last.',
    '',
    '| Area | Files of `src` | Broken | Noticed | Not noticed |',
    '| --- | --- | --- | --- | --- |',
    ...sums,
    '',
    '## Not noticed, and why',
    '',
    '| File | Text | Became | Why no test can tell |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

async function main() {
  const given = process.argv.slice(2)
  const unknown = given.find((area) => !AREAS[area])
  if (unknown) {
    throw new Error(`There is no area "${unknown}". There are: ${Object.keys(AREAS).join(', ')}`)
  }
  const chosen = given.length ? given : Object.keys(AREAS)
  let isDone = true
  for (const area of chosen) {
    await breakAll(area)
    const open = unnoticed(JSON.parse(readFileSync(resultsOf(area), 'utf8'))).filter(
      ({ why }) => !why
    )
    console.log(`${area}: ${open.length} not noticed that should be`)
    open.forEach(({ file, line, from, to }) => console.log(`  ${file}:${line}  ${from}  →  ${to}`))
    isDone &&= !open.length
  }
  writeFileSync(REPORT, report())
  process.exitCode = isDone ? 0 : 1
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
