/**
 * `npm run bench:redis`: two nodes behind one Redis, Signalbox's against ASP.NET Core's. README.md beside this file
 * explains it.
 */
import { parseArgs } from 'node:util'
import { chosen, numberFrom } from './command-line.mjs'
import { buildLoadTool, runLoadTool } from './load-tool.mjs'
import { corePinning, describeMachine } from './machine.mjs'
import { prepareServers } from './prepare.mjs'
import { CLIENTS, loadOf, RATES, redisCases, WARM_UP_CASE, WARM_UP_SECONDS } from './redis-cases.mjs'
import { startCluster } from './redis-cluster.mjs'
import { redisReport } from './redis-report.mjs'
import { writeJson, writeMarkdown } from './result-files.mjs'
import { ASPNETCORE, SIGNALBOX } from './servers.mjs'
import { warmUp } from './warm-up.mjs'

const HELP = `npm run bench:redis -- [options]
  --servers a,b      only these: ${SIGNALBOX.id}, ${ASPNETCORE.id}
  --clients N,M      how many clients, half of them on each node (${CLIENTS.join(',')})
  --rate N,M         broadcasts per second (${RATES.join(',')})
  --rounds N         how often everything is measured (1)
  --seconds S        how long each time (5)
  --quick            2 s each
  --json FILE        every result as sigload printed it
  --markdown FILE    the tables; between <!-- bench:redis:begin --> and <!-- bench:redis:end --> when the file has them`

/** Before each measurement, until the senders are in step. */
const SWING_SECONDS = 1

/** @param {string[]} args */
function redisOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      servers: { type: 'string', default: `${SIGNALBOX.id},${ASPNETCORE.id}` },
      clients: { type: 'string', default: CLIENTS.join(',') },
      rate: { type: 'string', default: RATES.join(',') },
      rounds: { type: 'string', default: '1' },
      seconds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    process.exit(0)
  }
  const numbers = (/** @type {string} */ option, /** @type {string} */ list) =>
    list.split(',').map(text => numberFrom(option, text, 10_000))
  return {
    servers: chosen('server', [SIGNALBOX, ASPNETCORE], values.servers),
    cases: redisCases(numbers('--clients', values.clients), numbers('--rate', values.rate)),
    rounds: numberFrom('--rounds', values.rounds, 100),
    seconds: numberFrom('--seconds', values.seconds ?? (values.quick ? '2' : '5'), 600),
    json: values.json,
    markdown: values.markdown,
  }
}

async function main() {
  const { servers, cases, rounds, seconds, json, markdown } = redisOptions(process.argv.slice(2))
  const pinning = corePinning()
  await buildLoadTool()
  await prepareServers(servers)
  const machine = `${describeMachine(pinning.pinned)}, both nodes on the server's core, Redis on the load tool's`
  console.log(`${machine}\n`)

  /** @type {import('./redis-report.mjs').RedisSample[]} */
  const samples = []
  for (let round = 1; round <= rounds; round++)
    for (const server of servers)
      await measure(server, { cases, seconds, pinning }, (redisCase, result) => {
        samples.push({ round, server: server.id, redisCase, result })
        console.log(`${round}/${rounds}  ${server.title.padEnd(15)}${inShort(redisCase, result)}`)
      })

  const date = new Date().toISOString().slice(0, 10)
  const conditions = `${machine}. ${rounds} round${rounds === 1 ? '' : 's'}, ${seconds} s each, ${date}.`
  const text = redisReport(samples, { cases, servers, conditions })
  console.log(`\n${text}`)
  if (json) writeJson(json, { machine, rounds, seconds, samples })
  if (markdown) writeMarkdown(markdown, 'bench:redis', text)
  if (samples.some(sample => sample.result.errors > 0)) process.exitCode = 1
}

/**
 * @typedef {import('./redis-cases.mjs').RedisCase} RedisCase
 * @typedef {import('./load-tool.mjs').LoadResult} LoadResult
 *
 * @param {import('./servers.mjs').BenchServer} server
 * @param {{ cases: RedisCase[], seconds: number, pinning: ReturnType<typeof corePinning> }} plan
 * @param {(redisCase: RedisCase, result: LoadResult) => void} take - gets each result as it comes.
 */
async function measure(server, { cases, seconds, pinning }, take) {
  const cluster = await startCluster(server, pinning)
  const load = async (/** @type {RedisCase} */ redisCase, /** @type {Record<string, number>} */ options) => {
    const result = await runLoadTool(pinning.load, {
      ...cluster.load,
      ...server.load,
      ...loadOf(redisCase),
      ...options,
    })
    if (!cluster.isRunning()) throw new Error(`A process of the ${server.title} cluster ended: ${result.first_error}`)
    return result
  }
  try {
    const settled = await warmUp(WARM_UP_SECONDS, seconds => load(WARM_UP_CASE, { warmup: 0, seconds }))
    if (!settled) console.log(`     ${server.title} did not settle`)
    for (const redisCase of cases) take(redisCase, await load(redisCase, { warmup: SWING_SECONDS, seconds }))
  } finally {
    await cluster.stop()
  }
}

/**
 * @param {RedisCase} redisCase
 * @param {LoadResult} result
 */
function inShort({ clients, rate }, { server_cpu_us_per_msg, p99_us, errors, first_error }) {
  const failed = errors > 0 ? `  ${errors} ERRORS: ${first_error}` : ''
  return `${clients} clients, ${rate}/s: ${server_cpu_us_per_msg.toFixed(2)} µs CPU per delivery, p99 ${Math.round(p99_us / 1000)} ms${failed}`
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
