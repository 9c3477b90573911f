const { table } = require('./table')
const { tablesOf } = require('./rows')

const COLOURS = { bold: [1, 22], red: [31, 39], green: [32, 39] }

/** Colours are for terminals, and for those who want them (https://no-color.org). */
function paint(name, text, stream = process.stdout) {
  if (!stream.isTTY || process.env.NO_COLOR) {
    return text
  }
  const [on, off] = COLOURS[name]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

/** Prints all tables. */
function print(results) {
  for (const { title, head, rows } of tablesOf(results)) {
    const drawn = table(head, rows)
      .replace(/\bMISSED$/gm, (word) => paint('red', word))
      .replace(/\bmet$/gm, (word) => paint('green', word))
    console.log(`\n${paint('bold', title)}\n\n${drawn}`)
  }
}

module.exports = { print }
