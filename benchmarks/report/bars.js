/** Draws bars as SVG: panels, in each groups, in each a bar for each server. */

const { SERVERS } = require('../catalog')

/** Colours that differ on light and on dark, also for those who see few colours. */
const BARS = {
  old: '#d1495b',
  oldInRedis: '#e39aa6',
  ours: '#1f8a70',
  ours0: '#7cc4a8',
  'express-session': '#8d96a3',
  'fastify-session': '#b08d57',
  'iron-session': '#6f7fb5',
  floor: '#c9ced6',
}

const PANEL = { width: 460, left: 16, label: 20, bar: 11, gap: 2, head: 34, scale: 330 }
const TOP = 112

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 17px; font-weight: 600 }
  .panel { font-size: 14px; font-weight: 600 }
  .small { font-size: 10px }
  .ground { fill: #ffffff }
  .axis { stroke: #8d96a3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .ground { fill: #0d1117 }
  }`

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;')

function text(x, y, content, kind = '') {
  return `<text x="${x}" y="${y}"${kind && ` class="${kind}"`}>${escape(content)}</text>`
}

function rect(x, y, width, fill) {
  return `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${PANEL.bar}" rx="1" fill="${fill}"/>`
}

/** The bars of one group; returns the marks and how high they are. */
function groupOf({ title, values }, x, y, pixelsPerUnit) {
  const marks = [text(x, y + 13, title)]
  let bottom = y + PANEL.label
  for (const name of Object.keys(BARS).filter((bar) => values[bar] !== undefined)) {
    // A difference between two measurements can come out below zero, which no cost is.
    const value = Math.max(values[name], 0)
    const length = value * pixelsPerUnit
    marks.push(rect(x, bottom, Math.max(length, 1), BARS[name]))
    const label = value && value.toFixed(value < 10 ? 1 : 0)
    marks.push(text((x + length + 5).toFixed(1), bottom + 9, String(label), 'small'))
    bottom += PANEL.bar + PANEL.gap
  }
  marks.push(`<line class="axis" x1="${x}" x2="${x}" y1="${y + PANEL.label - 2}" y2="${bottom}"/>`)
  return { marks, height: bottom - y + 10 }
}

/** All groups of a panel, on a scale of its own. */
function panelOf({ title, groups }, x, y) {
  const all = groups.flatMap(({ values }) => Object.values(values))
  const pixelsPerUnit = PANEL.scale / Math.max(...all, 1)
  const marks = [text(x, y + 14, title, 'panel')]
  let bottom = y + PANEL.head
  for (const group of groups) {
    const drawn = groupOf(group, x, bottom, pixelsPerUnit)
    marks.push(...drawn.marks)
    bottom += drawn.height
  }
  return { marks, bottom }
}

function legend(names) {
  const columns = 4
  return names.flatMap((name, index) => {
    const x = PANEL.left + (index % columns) * 232
    const y = 66 + Math.floor(index / columns) * 20
    return [rect(x, y - 9, PANEL.bar, BARS[name]), text(x + 17, y, SERVERS[name].title)]
  })
}

/**
 * Draws panels, two beside each other.
 *
 * @param panels each a `title` and `groups`, and each group a `title` and `values` by server; servers without a
 *   colour are left out
 */
function bars({ title, note, panels }) {
  const seen = new Set(
    panels.flatMap(({ groups }) => groups.flatMap(({ values }) => Object.keys(values)))
  )
  const names = Object.keys(BARS).filter((name) => seen.has(name))
  const marks = [
    text(PANEL.left, 28, title, 'title'),
    text(PANEL.left, 46, note, 'small'),
    ...legend(names),
  ]
  let top = TOP
  for (let row = 0; row < panels.length; row += 2) {
    const drawn = panels
      .slice(row, row + 2)
      .map((panel, side) => panelOf(panel, PANEL.left + side * (PANEL.width + 16), top))
    drawn.forEach((panel) => marks.push(...panel.marks))
    top = Math.max(...drawn.map(({ bottom }) => bottom)) + 16
  }

  const width = 2 * PANEL.width + 48
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${width}" height="${top}"/>`,
    ...marks,
    '</svg>\n',
  ].join('\n')
}

module.exports = { bars }
