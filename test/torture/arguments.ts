import getopts from 'getopts'

/** How long to go on and with how many processes: `--minutes 10 --processes 4 --json`. */
export function parseArgs(given: string[]) {
  const { minutes, processes, json } = getopts(given, {
    default: { minutes: 10, processes: 4 },
    boolean: ['json'],
  })
  return { minutes: Number(minutes), processes: Number(processes), json: Boolean(json) }
}
