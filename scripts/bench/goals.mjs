/**
 * What Signalbox wants to stay within. A ratio is to raw uWebSockets.js in the same round, since absolute times say nothing on
 * another machine; memory per connection hardly depends on the machine, so its goal is absolute.
 *
 * @typedef {{ value: 'timesRaw' | 'kbPerConnection', atMost: number }} Goal
 * @type {Record<string, Goal>}
 */
export const GOALS = {
  'echo-1': { value: 'timesRaw', atMost: 1.4 },
  'echo-8': { value: 'timesRaw', atMost: 2.2 },
  'echo-16k': { value: 'timesRaw', atMost: 3 },
  'broadcast-1': { value: 'timesRaw', atMost: 1.2 },
  'broadcast-64': { value: 'timesRaw', atMost: 0.15 },
  churn: { value: 'timesRaw', atMost: 1.8 },
  idle: { value: 'kbPerConnection', atMost: 3 },
}

const UNITS = { timesRaw: '× raw', kbPerConnection: 'KB per connection' }

/**
 * One sentence about one goal, judged by the median.
 * @param {import('./summary.mjs').ScenarioSummary} summary
 * @returns {string | undefined} undefined when the scenario has no goal.
 */
export function verdict({ scenario, rows }) {
  const goal = GOALS[scenario.id]
  if (!goal) return undefined
  const wanted = `${scenario.id}: at most ${goal.atMost} ${UNITS[goal.value]}`
  const row = rows.find(each => each.server.id === 'signalbox')
  const got = goal.value === 'timesRaw' ? row?.timesRaw : row?.cost
  if (!row || !got) return `${wanted}: not measured`
  if (row.errors.length > 0) return `${wanted}: NOT MET, there were errors`
  return `${wanted}: ${got.median <= goal.atMost ? 'met' : 'NOT MET'}, ${got.median.toFixed(2)}`
}
