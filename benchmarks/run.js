/** `npm run bench`: makes the benchmarks runnable in a fresh clone, and runs them. */
const { prepare } = require('./prepare')

/** By the first word. Loaded when everything is installed. */
const COMMANDS = {
  profile: (args) => require('./profile').profile(args),
  outage: (args) => require('./outage').outage(args),
  scale: (args) => require('./scale').scale(args),
}

async function main() {
  const args = process.argv.slice(2)
  if (!args.includes('--help')) {
    prepare({ needsBuild: !args.some((arg) => arg.startsWith('--ours')) })
  }
  const command = COMMANDS[args[0]]
  return command ? command(args.slice(1)) : require('./compare').compare(args)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(130))
}

main().catch((error) => {
  // What is wrong on the command line needs no stack.
  console.error(`\n${error.code?.startsWith('ERR_PARSE_ARGS') ? error.message : error.stack}`)
  process.exit(1)
})
