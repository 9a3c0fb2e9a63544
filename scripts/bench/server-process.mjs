/** Starts one server as a child process and ends it; whatever way the benchmark ends, no server outlives it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { repositoryRoot } from '../repository.mjs'

const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 5_000

const PRINTS_ADDRESS = /Now listening on: http:\/\/127\.0\.0\.1:(\d+)/

/**
 * The soft limit for open files is often 1,024. `exec` keeps the process id, whose CPU time and memory sigload reads.
 */
const WITH_ALL_FILES = ['-c', 'ulimit -n "$(ulimit -Hn)" && exec "$@"', 'sh']

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
// A turn later, so that run.mjs can first end the load tool, which is in a process group of its own.
process.on('SIGINT', () => setImmediate(() => process.exit(130)))
process.on('SIGTERM', () => setImmediate(() => process.exit(143)))

/**
 * @typedef {{ pid: number, port: number, isRunning: () => boolean, stop: () => Promise<void> }} RunningServer
 *
 * @param {{ title: string, command: string[], listening?: RegExp }} server - `listening` matches the line that says it
 * does.
 * @param {string[]} pin - the words that pin it to its core.
 * @param {string[]} [furtherWords] - of its command line.
 * @returns {Promise<RunningServer>} once it listens.
 */
export async function startServer(server, pin, furtherWords = []) {
  const child = spawn('sh', [...WITH_ALL_FILES, ...pin, ...server.command, ...furtherWords], {
    cwd: repositoryRoot,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('close', () => running.delete(child))
  const port = await listeningPort(child, server)
  return {
    pid: /** @type {number} */ (child.pid),
    port,
    isRunning: () => running.has(child),
    stop: () => stop(child),
  }
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable,
 * import('node:stream').Readable>} child
 * @param {{ title: string, listening?: RegExp }} server
 * @returns {Promise<number>} NaN when the line does not tell.
 */
function listeningPort(child, { title, listening = PRINTS_ADDRESS }) {
  let output = ''
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ why) => reject(new Error(`${title} ${why}:\n${output}`))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      fail('did not listen in time')
    }, START_LIMIT_MS)
    child.once('error', error => fail(error.message))
    child.once('close', exitCode => {
      clearTimeout(timer)
      fail(`ended with exit code ${exitCode}`)
    })
    // Read to the end of the process: a full pipe would stop a server that logs.
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', line => {
        output = `${output}${line}\n`.slice(-4000)
        const match = listening.exec(line)
        if (match === null) return
        clearTimeout(timer)
        resolve(Number(match[1]))
      })
  })
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (!running.has(child)) return
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
  clearTimeout(timer)
}
