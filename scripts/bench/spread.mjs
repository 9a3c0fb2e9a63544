/** @typedef {{ median: number, least: number, most: number }} Spread */

/**
 * The median of the rounds, and how far they lie apart.
 * @param {number[]} values
 * @returns {Spread} of NaN when there are none.
 */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (/** @type {number} */ index) => sorted[index] ?? Number.NaN
  const middle = (sorted.length - 1) / 2
  return { median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, least: at(0), most: at(sorted.length - 1) }
}
