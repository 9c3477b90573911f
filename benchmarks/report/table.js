/** A table in columns as wide as they need to be: the first to the left, numbers to the right. */
function table(head, rows) {
  const lines = [head, ...rows].map((cells) => cells.map(String))
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)))
  const line = (cells) =>
    cells
      .map((cell, column) => (column ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd()
  return [line(lines[0]), widths.map((width) => '-'.repeat(width)).join('  ')]
    .concat(lines.slice(1).map(line))
    .join('\n')
}

module.exports = { table }
