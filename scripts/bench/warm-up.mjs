/** Just-in-time compilers are at work for seconds; nothing measured until they are done is worth printing. */

const SLICE_SECONDS = 1
const LIMIT_SECONDS = 25

/** A server is warm when two slices in a row cost the same within this share. */
const SETTLED_WITHIN = 0.07

/**
 * Loads the server until its CPU time per message no longer changes.
 * @param {number} leastSeconds
 * @param {(seconds: number) => Promise<import('./load-tool.mjs').LoadResult>} loadFor
 * @returns {Promise<boolean>} false when it had not settled at the limit.
 */
export async function warmUp(leastSeconds, loadFor) {
  let before = Number.POSITIVE_INFINITY
  for (let seconds = SLICE_SECONDS; seconds <= LIMIT_SECONDS; seconds += SLICE_SECONDS) {
    const { server_cpu_us_per_msg: now } = await loadFor(SLICE_SECONDS)
    if (seconds >= leastSeconds && Math.abs(now - before) <= SETTLED_WITHIN * before) return true
    before = now
  }
  return false
}
