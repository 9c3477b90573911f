/** Sums the self times of a CPU profile by package and by function, in microseconds, largest first. */

const { sep } = require('path')

/** Names in brackets are the engine's own; idle time is nobody's. */
const ENGINE = {
  '(garbage collector)': 'garbage collection',
  '(program)': 'node (native)',
  '(root)': 'node (native)',
}

/** The package of a file: the one in `node_modules`, or else what the path tells. */
function packageOf(url, functionName) {
  if (url.startsWith('node:')) {
    return 'node'
  }
  if (!url) {
    return ENGINE[functionName] ?? 'node (built-in functions)'
  }
  const file = decodeURIComponent(url).replace('file://', '').split(sep).join('/')
  const below = file.split('/node_modules/').slice(1).pop()
  if (below) {
    const [scope, name] = below.split('/')
    return scope.startsWith('@') ? `${scope}/${name}` : scope
  }
  return file.includes('/benchmarks/') ? 'the handlers' : 'adonis5-session'
}

function labelOf({ functionName, url, lineNumber }, owner) {
  const name = functionName || '(anonymous)'
  const file = url.split('/').slice(-2).join('/')
  return url ? `${name}  ${owner}  ${file}:${lineNumber + 1}` : name
}

function largest(sums) {
  return [...sums].sort(([, one], [, other]) => other - one)
}

function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
  const packages = new Map()
  const functions = new Map()
  let busyInUs = 0

  samples.forEach((id, index) => {
    const frame = byId.get(id)
    const selfInUs = timeDeltas[index + 1] ?? 0
    if (frame.functionName === '(idle)') {
      return
    }
    const owner = packageOf(frame.url, frame.functionName)
    const label = labelOf(frame, owner)
    busyInUs += selfInUs
    packages.set(owner, (packages.get(owner) ?? 0) + selfInUs)
    functions.set(label, (functions.get(label) ?? 0) + selfInUs)
  })
  return { packages: largest(packages), functions: largest(functions), busyInUs }
}

module.exports = { selfTimes }
