/** What the machine offers: cores to pin to, file descriptors, and its name for the report. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release } from 'node:os'

const SERVER_CORE = '0'
const LOAD_CORE = '1'

/** File descriptors a server or the load tool needs beside its connections. */
const SPARE_FILES = 200

/**
 * Put before a command, these words keep server and load tool out of each other's way; without two cores and taskset
 * they are empty.
 * @returns {{ server: string[], load: string[], pinned: boolean }}
 */
export function corePinning() {
  const pinned =
    availableParallelism() >= 2 &&
    [SERVER_CORE, LOAD_CORE].every(core => spawnSync('taskset', ['-c', core, 'true']).status === 0)
  if (!pinned) return { server: [], load: [], pinned }
  return { server: ['taskset', '-c', SERVER_CORE], load: ['taskset', '-c', LOAD_CORE], pinned }
}

/**
 * Why so many connections cannot be opened here, with the way out; undefined when they can.
 * @param {{ connections: number, sources: number }} wanted
 */
export function connectionShortage({ connections, sources }) {
  const files = hardFileLimit()
  if (files < connections + SPARE_FILES)
    return (
      `${connections} connections need ${connections + SPARE_FILES} open files, the hard limit is ${files}. ` +
      `Raise it ('sudo prlimit --pid $$ --nofile=1048576:1048576' in this shell), or pass --idle-connections ${files - SPARE_FILES}.`
    )
  const ports = localPorts()
  if (connections > ports * sources)
    return (
      `One address has ${ports} local ports: ${connections} connections need ` +
      `--sources ${Math.ceil(connections / ports)} (client addresses 127.0.0.1, 127.0.0.2, …).`
    )
  return undefined
}

/** @param {boolean} pinned */
export function describeMachine(pinned) {
  const pinning = pinned
    ? 'server pinned to one core, load tool to another'
    : 'NOT pinned (no taskset or one core only): server and load tool disturb each other'
  return `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Linux ${release()}, Node ${process.versions.node}; ${pinning}`
}

/** Node raises its own soft limit to the hard one at start, so `ulimit -Hn` is what counts. */
function hardFileLimit() {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard)
}

function localPorts() {
  const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number)
  return last - first + 1
}
