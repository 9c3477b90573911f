/** The chart: CPU time above the bare server, in µs, as bars by driver and workload. */

const { SERVERS, WORKLOADS } = require('../catalog')

/** The workloads that share a scale; sessions of 32 KB would make the rest too small to see. */
const SHOWN = ['read', 'untouched', 'write', 'visitor']

/** Colours that differ on light and on dark, also for those who see few colours. */
const BARS = {
  old: '#d1495b',
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
  .driver { font-size: 14px; font-weight: 600 }
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

/** The bars of one workload; returns the marks and how high they are. */
function groupOf(workload, timed, x, y, pixelsPerUs) {
  const marks = [text(x, y + 13, WORKLOADS[workload].title)]
  let bottom = y + PANEL.label
  for (const name of Object.keys(BARS).filter((bar) => timed[bar])) {
    const above = Math.max(timed[name].aboveInUs, 0)
    marks.push(rect(x, bottom, Math.max(above * pixelsPerUs, 1), BARS[name]))
    const value = timed[name].aboveInUs.toFixed(above < 10 ? 1 : 0)
    marks.push(text((x + above * pixelsPerUs + 5).toFixed(1), bottom + 9, value, 'small'))
    bottom += PANEL.bar + PANEL.gap
  }
  marks.push(`<line class="axis" x1="${x}" x2="${x}" y1="${y + PANEL.label - 2}" y2="${bottom}"/>`)
  return { marks, height: bottom - y + 10 }
}

/** All workloads of a driver, on a scale of its own. */
function panelOf(driver, workloads, x, y) {
  const shown = SHOWN.filter((name) => workloads[name])
  const all = shown.flatMap((name) =>
    Object.values(workloads[name]).map((one) => one.aboveInUs ?? 0)
  )
  const pixelsPerUs = PANEL.scale / Math.max(...all, 1)
  const marks = [text(x, y + 14, driver, 'driver')]
  let bottom = y + PANEL.head
  for (const name of shown) {
    const group = groupOf(name, workloads[name], x, bottom, pixelsPerUs)
    marks.push(...group.marks)
    bottom += group.height
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

/** Draws the timings of all drivers, two beside each other. */
function chart({ timings, machine }) {
  const drivers = Object.entries(timings).filter(([, found]) => SHOWN.some((name) => found[name]))
  const seen = new Set(drivers.flatMap(([, found]) => Object.values(found).flatMap(Object.keys)))
  const marks = [
    text(
      PANEL.left,
      28,
      'CPU time of a session per request, in microseconds above a server without',
      'title'
    ),
    text(
      PANEL.left,
      46,
      `Less is better. Each driver has a scale of its own. Node.js ${machine.node}, ${machine.cpu}`,
      'small'
    ),
    ...legend(Object.keys(BARS).filter((name) => seen.has(name))),
  ]
  let top = TOP
  for (let row = 0; row < drivers.length; row += 2) {
    const panels = drivers
      .slice(row, row + 2)
      .map(([driver, found], side) =>
        panelOf(driver, found, PANEL.left + side * (PANEL.width + 16), top)
      )
    panels.forEach((panel) => marks.push(...panel.marks))
    top = Math.max(...panels.map(({ bottom }) => bottom)) + 16
  }

  const width = 2 * PANEL.width + 48
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-label="CPU time of a session per request">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${width}" height="${top}"/>`,
    ...marks,
    '</svg>\n',
  ].join('\n')
}

module.exports = { chart }
