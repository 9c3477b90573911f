import getopts from 'getopts'
import { bootApp } from '../helpers/app'
import { databaseConfig } from '../helpers/databases'
import { redisConfig } from '../helpers/drivers'
import { startServices } from '../services'
import { Explorer, Failure, Figures } from './explore'
import { CONFIGS, pairs, triples } from './scenarios'
import { STAGES, TAGGING } from './stages'

const SAMPLES = { pairs: 20, triples: 5000 }
const SHOWN = 20

/**
 * Every order of every two requests in memory, with a fault at each call, and samples of the rest:
 * `--stage memory --stage file --config rotating --seed 1 --json`.
 */
async function explore(name: string, config: string, seed: number): Promise<Explorer> {
  const explorer = new Explorer(app, STAGES[name](app))
  for (const [index, does] of pairs(config).entries()) {
    progress(`${name}, ${config}: ${does.join(' beside ')}`, explorer.figures)
    if (name === 'memory') {
      await explorer.all({ config, does }, { faults: true })
      await explorer.all({ config, does, oneProcess: true }, { faults: true })
    } else {
      const scenario = { config, does }
      await explorer.some(scenario, { times: SAMPLES.pairs, seed: seed + index, faults: true })
    }
  }
  const times = name === 'memory' ? SAMPLES.triples * 4 : SAMPLES.triples / 5
  for (const [index, does] of triples(config, { times, seed }).entries()) {
    await explorer.some({ config, does }, { times: 1, seed: seed + index, faults: true })
  }
  return explorer
}

/** Not every driver has tags. */
function isFor(config: string, stage: string): boolean {
  return config !== 'tagged' || TAGGING.includes(stage)
}

function progress(what: string, { schedules }: Figures) {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\x1b[2K${what}, ${schedules} schedules `)
  }
}

let app: Awaited<ReturnType<typeof bootApp>>

async function main() {
  const options = getopts(process.argv.slice(2), {
    string: ['stage', 'config'],
    boolean: ['json'],
    default: { seed: 1 },
  })
  const chosen = (given: string | string[], all: string[]) => (given ? [given].flat() : all)
  await startServices(['chromium'])
  app = await bootApp({
    providers: ['@adonisjs/redis', '@adonisjs/lucid'],
    config: { redis: redisConfig(), database: databaseConfig() },
  })

  const rows: Record<string, Figures & { broken: number }> = {}
  const failures: Failure[] = []
  for (const name of chosen(options.stage, Object.keys(STAGES))) {
    const configs = Object.keys(CONFIGS).filter((config) => isFor(config, name))
    for (const config of chosen(options.config, configs)) {
      const explorer = await explore(name, config, Number(options.seed))
      rows[`${name}: ${config}`] = { ...explorer.figures, broken: explorer.failures.length }
      failures.push(...explorer.failures)
    }
  }
  progress('done', { schedules: 0, steps: 0, faults: 0 })

  /* eslint-disable no-console -- the result is what this command is for */
  if (options.json) {
    console.log(JSON.stringify({ rows, failures }))
  } else {
    console.table(rows)
    failures.slice(0, SHOWN).forEach(({ replay, problems }) => {
      console.log(`${replay}\n  ${problems.join('\n  ')}`)
    })
  }
  /* eslint-enable no-console */
  await app.shutdown()
  process.exit(failures.length ? 1 : 0)
}

void main()
