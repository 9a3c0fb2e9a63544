/** The report of `npm run bench:redis`, in Markdown. */
import { redisVerdicts } from './redis-cases.mjs'
import { ASPNETCORE, SIGNALBOX } from './servers.mjs'
import { spread } from './spread.mjs'
import { significant, table, withRange } from './table.mjs'

/**
 * @typedef {import('./spread.mjs').Spread} Spread
 * @typedef {import('./redis-cases.mjs').RedisCase} RedisCase
 * @typedef {import('./load-tool.mjs').LoadResult} LoadResult
 * @typedef {{ round: number, server: string, redisCase: RedisCase, result: LoadResult }} RedisSample
 *
 * @typedef {object} RedisRow
 * @property {RedisCase} redisCase
 * @property {import('./servers.mjs').BenchServer} server
 * @property {Spread} cost - CPU µs of both nodes per delivery.
 * @property {Spread} timesDotnet - the same relative to ASP.NET Core in the same round.
 * @property {Spread} delivered - within the measured seconds, as a share of what was due.
 * @property {Spread} p50Ms
 * @property {Spread} p99Ms
 * @property {Spread} loadToolBusy
 * @property {string[]} errors
 */

/** @type {import('./table.mjs').Column<RedisRow>[]} */
const COLUMNS = [
  { title: 'broadcasts/s', cell: row => significant(row.redisCase.rate) },
  { title: 'two nodes of', cell: row => row.server.title },
  { title: 'CPU µs per delivery', cell: row => withRange(row.cost) },
  { title: '× dotnet', cell: row => withRange(row.timesDotnet) },
  { title: 'delivered in time', cell: row => percent(row.delivered) },
  { title: 'p50 ms', cell: row => significant(row.p50Ms.median) },
  { title: 'p99 ms', cell: row => significant(row.p99Ms.median) },
  { title: 'load tool busy', cell: row => percent(row.loadToolBusy) },
  { title: 'errors', cell: row => row.errors.join('; ') || 'none' },
]

/**
 * @param {RedisSample[]} samples
 * @param {{ cases: RedisCase[], servers: import('./servers.mjs').BenchServer[], conditions: string }} run
 */
export function redisReport(samples, { cases, servers, conditions }) {
  const rows = cases.flatMap(redisCase => servers.map(server => rowOf(redisCase, server, samples)))
  const sections = [...new Set(cases.map(({ clients }) => clients))].map(clients => {
    const own = rows.filter(row => row.redisCase.clients === clients)
    return `### ${clients.toLocaleString('en')} clients on two nodes and one Redis\n\n${table(COLUMNS, own)}`
  })
  const goals = rows.filter(row => row.server === SIGNALBOX).flatMap(redisVerdicts)
  const verdicts = goals.length > 0 ? [`### Goals\n\n${goals.map(goal => `- ${goal}`).join('\n')}`] : []
  return `${[conditions, ...sections, ...verdicts].join('\n\n')}\n`
}

/**
 * @param {RedisCase} redisCase
 * @param {import('./servers.mjs').BenchServer} server
 * @param {RedisSample[]} samples
 * @returns {RedisRow}
 */
function rowOf(redisCase, server, samples) {
  const ofCase = samples.filter(sample => sample.redisCase === redisCase)
  const own = ofCase.filter(sample => sample.server === server.id)
  const results = own.map(sample => sample.result)
  const ratios = own.flatMap(({ round, result }) => {
    const peer = ofCase.find(each => each.server === ASPNETCORE.id && each.round === round)
    return peer ? [result.server_cpu_us_per_msg / peer.result.server_cpu_us_per_msg] : []
  })
  return {
    redisCase,
    server,
    cost: spread(results.map(result => result.server_cpu_us_per_msg)),
    timesDotnet: spread(ratios),
    delivered: spread(results.map(result => Math.min(1, result.count / (result.calls * result.connected)))),
    p50Ms: spread(results.map(result => result.p50_us / 1000)),
    p99Ms: spread(results.map(result => result.p99_us / 1000)),
    loadToolBusy: spread(results.map(result => result.load_tool_busy)),
    errors: results.flatMap(result =>
      result.errors > 0 ? [`${result.errors} errors, first: ${result.first_error}`] : [],
    ),
  }
}

/** @param {Spread} share */
function percent({ median }) {
  return `${Math.round(median * 100)} %`
}
