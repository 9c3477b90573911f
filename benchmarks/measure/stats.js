/** Pure functions on lists of numbers. */

/** The value below which the share `p` of the list lies, between 0 and 1. */
function quantile(list, p) {
  const sorted = [...list].sort((one, other) => one - other)
  const place = (sorted.length - 1) * p
  const below = sorted[Math.floor(place)]
  return below + (sorted[Math.ceil(place)] - below) * (place % 1)
}

const median = (list) => quantile(list, 0.5)

/** The distance between the first and the third quarter: half of all values lie within. */
const spread = (list) => quantile(list, 0.75) - quantile(list, 0.25)

function shuffled(list) {
  const copy = [...list]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[copy[last], copy[other]] = [copy[other], copy[last]]
  }
  return copy
}

module.exports = { quantile, median, spread, shuffled }
