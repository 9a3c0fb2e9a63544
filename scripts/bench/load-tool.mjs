/** sigload, the load tool: builds it when its source is newer, runs it, reads its result. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.mjs'
import { run } from '../run.mjs'

const SOURCES = 'scripts/bench/sigload'
const SOURCE = `${SOURCES}/sigload.cpp`
const PROGRAM = 'build/sigload'

/** Beyond what a run should take: opening thousands of connections, draining broadcasts. */
const SLACK_SECONDS = 90

/**
 * What sigload prints, as far as it is used here.
 * @typedef {object} LoadResult
 * @property {number} count - messages, deliveries, items or cycles within the measured seconds.
 * @property {number} calls - sent within the measured seconds.
 * @property {number} connected
 * @property {number} per_s
 * @property {number} p50_us
 * @property {number} p99_us
 * @property {number} server_cpu_us_per_msg
 * @property {number} load_tool_busy - the share of its core that the load tool used.
 * @property {number} [kb_per_conn] - idle only.
 * @property {number} [connect_cpu_us_per_conn] - idle only.
 * @property {number} errors
 * @property {string} [first_error]
 */

export async function buildLoadTool() {
  if (process.platform !== 'linux') throw new Error('The load tool uses epoll and reads /proc: it runs on Linux only.')
  const newest = Math.max(...readdirSync(join(repositoryRoot, SOURCES)).map(file => modifiedAt(`${SOURCES}/${file}`)))
  if (modifiedAt(PROGRAM) > newest) return
  mkdirSync(join(repositoryRoot, 'build'), { recursive: true })
  const { exitCode, output } = await run(['g++', '-O2', '-std=c++17', '-o', PROGRAM, SOURCE], { quiet: true })
  if (exitCode !== 0) throw new Error(`${SOURCE} does not build; it needs g++ and Linux:\n${output}`)
}

/**
 * @param {string[]} pin - the words that pin it to its core.
 * @param {Record<string, string | number>} options - without the dashes.
 * @returns {Promise<LoadResult>} also when there were errors: they are counted in it.
 */
export async function runLoadTool(pin, options) {
  const { seconds = 0, warmup = 0, drain = 0 } = options
  const limitMs = (Number(seconds) + Number(warmup) + Number(drain) + SLACK_SECONDS) * 1000
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const command = [...pin, PROGRAM, ...words]
  const { timedOut, output } = await run(command, { quiet: true, limitMs })
  if (timedOut || !output.startsWith('{'))
    throw new Error(`${command.join(' ')} ${timedOut ? 'did not end in time' : 'failed'}:\n${output}`)
  return JSON.parse(output)
}

/** @param {string} file */
function modifiedAt(file) {
  return statSync(join(repositoryRoot, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
