/** The charts of docs/performance.md. */
const { PRESSURES, WORKLOADS } = require('../catalog')
const { bars } = require('./bars')

/** The workloads that share a scale; sessions of 32 KB would make the rest too small to see. */
const SHOWN = ['read', 'untouched', 'write', 'visitor']

const about = ({ node, cpu }) =>
  `Less is better. Each driver has a scale of its own. Node.js ${node}, ${cpu}`

/** The servers of a group, each with one number. */
function valuesOf(servers, numberOf) {
  const found = Object.entries(servers).map(([name, measured]) => [name, numberOf(measured)])
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}

/** CPU time above the server without sessions, by driver and workload. */
function costChart({ timings, machine }) {
  const panels = Object.entries(timings).map(([driver, workloads]) => ({
    title: driver,
    groups: SHOWN.filter((name) => workloads[name]).map((name) => ({
      title: WORKLOADS[name].title,
      values: valuesOf(workloads[name], ({ aboveInUs }) => aboveInUs),
    })),
  }))
  return bars({
    title: 'CPU time of a session per request, in microseconds above a server without',
    note: about(machine),
    panels: panels.filter(({ groups }) => groups.length > 0),
  })
}

/** What one request in a hundred waits longer than, by driver and kind of pressure. */
function pressureChart({ pressure, machine }) {
  return bars({
    title: '99th percentile of the time to an answer under pressure, in milliseconds',
    note: about(machine),
    panels: Object.entries(pressure).map(([driver, kinds]) => ({
      title: driver,
      groups: Object.entries(kinds).map(([kind, servers]) => ({
        title: PRESSURES[kind].title,
        values: valuesOf(servers, ({ p99InMs }) => p99InMs),
      })),
    })),
  })
}

module.exports = { costChart, pressureChart }
