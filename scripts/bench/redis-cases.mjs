/** What `npm run bench:redis` measures and what Signalbox wants to reach there, as data. */

/** @typedef {{ clients: number, rate: number }} RedisCase - rate: broadcasts per second, of all senders together. */

export const CLIENTS = [500, 2000]
export const RATES = [100, 500, 1000, 2000, 5000]

/** The load tool has one core, which it shares with Redis; above this it would measure itself. */
const MOST_DELIVERIES_PER_SECOND = 2_500_000

/**
 * A connection's calls run one after another, and each waits for Redis: one sender alone would be the limit. Half of
 * them call one node, half the other.
 */
const SENDERS = 20

/** A node that has fallen behind may catch up so long before what it owes counts as lost. */
const DRAIN_SECONDS = 180

/**
 * @param {number[]} clientCounts
 * @param {number[]} rates
 * @returns {RedisCase[]}
 */
export function redisCases(clientCounts, rates) {
  return clientCounts
    .flatMap(clients => rates.map(rate => ({ clients, rate })))
    .filter(({ clients, rate }) => clients * rate <= MOST_DELIVERIES_PER_SECOND)
}

/** Options of sigload. @param {RedisCase} redisCase */
export function loadOf({ clients, rate }) {
  return { mode: 'broadcast', conns: clients, senders: SENDERS, rate, payload: 32, drain: DRAIN_SECONDS }
}

/**
 * What warms the nodes up, at least so long: enough to have every path compiled, although a given rate means few calls
 * a second, and not more than any server can do.
 */
export const WARM_UP_CASE = { clients: 500, rate: 500 }
export const WARM_UP_SECONDS = 10

/** The CPU time of both nodes per delivery, relative to two ASP.NET Core nodes in the same round. */
const CPU_GOAL = { fromRate: 500, atMostTimesDotnet: 1 / 3 }
const LATENCY_GOAL = { rate: 2000, p99AtMostMs: 50 }

/**
 * One sentence about each goal of a case.
 * @param {import('./redis-report.mjs').RedisRow} row - of Signalbox.
 * @returns {string[]}
 */
export function redisVerdicts({ redisCase: { clients, rate }, timesDotnet, p99Ms, errors }) {
  const judge = (/** @type {string} */ goal, /** @type {number} */ got, /** @type {number} */ most) => {
    const verdict = Number.isNaN(got)
      ? 'not measured'
      : `${got <= most && errors.length === 0 ? 'met' : 'NOT MET'}, ${got.toFixed(2)}`
    return `${clients} clients, ${rate}/s: ${goal}: ${verdict}`
  }
  return [
    ...(rate >= CPU_GOAL.fromRate
      ? [judge('at most 1/3 of ASP.NET Core’s CPU per delivery', timesDotnet.median, CPU_GOAL.atMostTimesDotnet)]
      : []),
    ...(rate === LATENCY_GOAL.rate
      ? [judge(`p99 at most ${LATENCY_GOAL.p99AtMostMs} ms`, p99Ms.median, LATENCY_GOAL.p99AtMostMs)]
      : []),
  ]
}
