/**
 * Loaded with `--require` before a server whose file accesses are counted: wraps the functions of `fs`,
 * and counts their calls by what they do. Never loaded where CPU time is measured.
 */
const fs = require('fs')

/** `open` is a read or a write by its flags. */
const KINDS = {
  readFile: 'reads',
  writeFile: 'writes',
  appendFile: 'writes',
  rename: 'renames',
  link: 'renames',
  unlink: 'removals',
  rm: 'removals',
  utimes: 'touches',
  stat: 'looks',
  lstat: 'looks',
  access: 'looks',
  mkdir: 'looks',
  open: (flags) => (flags === undefined || flags === 'r' || flags === 0 ? 'reads' : 'writes'),
}

let counts = {}

function wrap(holder, name) {
  const original = holder[name]
  const kind = KINDS[name]
  holder[name] = function counted(...args) {
    const key = typeof kind === 'function' ? kind(args[1]) : kind
    counts[key] = (counts[key] ?? 0) + 1
    return original.apply(this, args)
  }
}

for (const name of Object.keys(KINDS)) {
  wrap(fs, name)
  wrap(fs.promises, name)
  const sync = `${name}Sync`
  if (fs[sync]) {
    KINDS[sync] = KINDS[name]
    wrap(fs, sync)
  }
}

/** What was counted since the last question. */
global.fileCounts = () => {
  const counted = counts
  counts = {}
  return counted
}
