/**
 * What Signalbox wants to stay within, as data. A ratio is to another server in the same round, since absolute times
 * say nothing on another machine; memory per connection hardly depends on the machine, so its goal is absolute.
 *
 * @typedef {{ value: 'timesRaw' | 'timesDotnet' | 'kbPerConnection', atMost: number }} Ceiling
 * @typedef {Ceiling | { value: 'timesDotnet', below: number }} Goal
 * @type {Record<string, Goal[]>}
 */
const GOALS = {
  'echo-1': [{ value: 'timesRaw', atMost: 1.4 }],
  'echo-8': [{ value: 'timesRaw', atMost: 2.2 }],
  'echo-16k': [{ value: 'timesRaw', atMost: 3 }],
  'broadcast-1': [{ value: 'timesRaw', atMost: 1.2 }],
  'broadcast-64': [{ value: 'timesRaw', atMost: 0.15 }],
  churn: [{ value: 'timesRaw', atMost: 1.8 }],
  idle: [{ value: 'kbPerConnection', atMost: 3 }],
}

/** Of every scenario: Signalbox costs less than ASP.NET Core. @type {Goal} */
const CHEAPER_THAN_ASPNETCORE = { value: 'timesDotnet', below: 1 }

const UNITS = { timesRaw: '× raw', timesDotnet: '× ASP.NET Core', kbPerConnection: 'KB per connection' }

/**
 * One sentence about each goal of a scenario, judged by the median.
 * @param {import('./summary.mjs').ScenarioSummary} summary
 * @returns {string[]}
 */
export function verdicts({ scenario, rows }) {
  const row = rows.find(each => each.server.id === 'signalbox')
  return [...(GOALS[scenario.id] ?? []), CHEAPER_THAN_ASPNETCORE].map(
    goal => `${scenario.id}: ${describe(goal)}: ${judge(goal, row)}`,
  )
}

/** @param {Goal} goal */
function describe(goal) {
  return 'below' in goal ? `below ${goal.below} ${UNITS[goal.value]}` : `at most ${goal.atMost} ${UNITS[goal.value]}`
}

/**
 * @param {Goal} goal
 * @param {import('./summary.mjs').Row | undefined} row
 */
function judge(goal, row) {
  const got = { timesRaw: row?.times.raw, timesDotnet: row?.times.dotnet, kbPerConnection: row?.cost }[goal.value]
  if (!row || !got) return 'not measured'
  if (row.errors.length > 0) return 'NOT MET, there were errors'
  const met = 'below' in goal ? got.median < goal.below : got.median <= goal.atMost
  return `${met ? 'met' : 'NOT MET'}, ${got.median.toFixed(2)}`
}
