/** The options of `npm run bench`, checked and turned into what to measure. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { repositoryRoot } from '../repository.mjs'
import { scenariosFor } from './scenarios.mjs'
import { ASPNETCORE, SERVERS } from './servers.mjs'

const HELP = `npm run bench -- [options]
  --servers a,b          only these: ${SERVERS.map(server => server.id).join(', ')}
  --with dotnet          insist on ASP.NET Core, which is otherwise measured when it has been built
  --only x,y             only these scenarios: ${scenarioIds().join(', ')}
  --rounds N             how often everything is measured (3)
  --seconds S            how long each time (2)
  --quick                1 round: a look, not a result
  --idle-connections N   for the scenario idle (10000)
  --sources K            client addresses 127.0.0.1 … 127.0.0.K, past 28,000 idle connections (1)
  --json FILE            every result as sigload printed it
  --markdown FILE        the tables; between <!-- bench:begin --> and <!-- bench:end --> when the file has them`

/**
 * @typedef {object} BenchOptions
 * @property {import('./servers.mjs').BenchServer[]} servers
 * @property {import('./scenarios.mjs').Scenario[]} scenarios
 * @property {number} rounds
 * @property {number} seconds
 * @property {string | undefined} json
 * @property {string | undefined} markdown
 */

/**
 * @param {string[]} args
 * @returns {BenchOptions}
 */
export function benchOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      servers: { type: 'string' },
      with: { type: 'string', multiple: true },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string', default: '2' },
      quick: { type: 'boolean', default: false },
      'idle-connections': { type: 'string', default: '10000' },
      sources: { type: 'string', default: '1' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(HELP)
    process.exit(0)
  }
  const scenarios = scenariosFor({
    idleConnections: numberFrom('--idle-connections', values['idle-connections'], 1_000_000),
    sources: numberFrom('--sources', values.sources, 250),
  })
  return {
    servers: values.servers ? chosen('server', SERVERS, values.servers) : serversByDefault(values.with ?? []),
    scenarios: values.only ? chosen('scenario', scenarios, values.only) : scenarios,
    rounds: numberFrom('--rounds', values.rounds ?? (values.quick ? '1' : '3'), 100),
    seconds: numberFrom('--seconds', values.seconds, 600),
    json: values.json,
    markdown: values.markdown,
  }
}

function scenarioIds() {
  return scenariosFor({ idleConnections: 1, sources: 1 }).map(scenario => scenario.id)
}

/** @param {string[]} insistedOn */
function serversByDefault(insistedOn) {
  chosen('server', SERVERS, insistedOn.join(',') || 'raw')
  return SERVERS.filter(
    server =>
      server !== ASPNETCORE ||
      insistedOn.includes(server.id) ||
      existsSync(join(repositoryRoot, String(server.program))),
  )
}

/**
 * @template {{ id: string }} T
 * @param {string} kind
 * @param {T[]} all
 * @param {string} ids
 * @returns {T[]} in the order of `all`.
 */
export function chosen(kind, all, ids) {
  const wanted = ids.split(',')
  const unknown = wanted.find(id => !all.some(each => each.id === id))
  if (unknown !== undefined)
    throw new Error(`There is no ${kind} '${unknown}'; there are ${all.map(each => each.id).join(', ')}.`)
  return all.filter(each => wanted.includes(each.id))
}

/**
 * @param {string} option
 * @param {string} text
 * @param {number} most - keeps the whole run bounded.
 */
export function numberFrom(option, text, most) {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new Error(`${option} takes a whole number, 1 to ${most}.`)
  return value
}
