/**
 * What is measured, as data. `load` becomes the options of sigload (`sigload --help`); README.md says why these.
 *
 * @typedef {object} Scenario
 * @property {string} id - the name for --only.
 * @property {string} title
 * @property {'message' | 'delivery' | 'item' | 'answer' | 'cycle' | 'connection'} per - what the costs are divided by.
 * @property {{ mode: 'echo' | 'broadcast' | 'stream' | 'ask' | 'churn' | 'idle', [option: string]: string | number }}
 * load
 * @property {'raw' | 'dotnet'} comparedWith - the server whose cost is 1 in the column of ratios.
 * @property {true} [signalrOnly] - of SignalR itself: raw sockets and Socket.IO have no such thing.
 * @property {true} [freshProcess] - measured in a server process that has served nobody before, without a warm-up.
 */

const SMALL = 32
const LARGE = 16 * 1024

/** Memory is read after the connections have been quiet for so long; waiting longer did not change it. */
const QUIET_SECONDS = 5

/** Enough for the cost of opening a stream to vanish in that of its items. */
const ITEMS_PER_STREAM = 100

/**
 * @param {{ idleConnections: number, sources: number }} options
 * @returns {Scenario[]}
 */
export function scenariosFor({ idleConnections, sources }) {
  return [...amongAll(), ...amongSignalR(), idle(idleConnections, sources)]
}

/**
 * @param {import('./servers.mjs').BenchServer} server
 * @param {Scenario} scenario
 */
export function canRun({ load }, { signalrOnly }) {
  return !signalrOnly || load['flavour'] === 'signalr'
}

/** @returns {Scenario[]} */
function amongAll() {
  return [
    {
      id: 'echo-1',
      title: 'Echo: 100 connections, 1 call in flight on each, 32 bytes',
      per: 'message',
      load: { mode: 'echo', conns: 100, window: 1, payload: SMALL },
      comparedWith: 'raw',
    },
    {
      id: 'echo-8',
      title: 'Echo: 100 connections, 8 calls in flight on each, 32 bytes',
      per: 'message',
      load: { mode: 'echo', conns: 100, window: 8, payload: SMALL },
      comparedWith: 'raw',
    },
    {
      id: 'echo-16k',
      title: 'Echo: 100 connections, 1 call in flight on each, 16 KiB',
      per: 'message',
      load: { mode: 'echo', conns: 100, window: 1, payload: LARGE },
      comparedWith: 'raw',
    },
    {
      id: 'broadcast-1',
      title: 'Broadcast to 1,000 connections: 1 sender with 1 in flight, 32 bytes',
      per: 'delivery',
      load: { mode: 'broadcast', conns: 1000, senders: 1, window: 1, payload: SMALL },
      comparedWith: 'raw',
    },
    {
      id: 'broadcast-64',
      title: 'Broadcast to 1,000 connections, saturated: 8 senders with 8 in flight each, 32 bytes',
      per: 'delivery',
      load: { mode: 'broadcast', conns: 1000, senders: 8, window: 8, payload: SMALL },
      comparedWith: 'raw',
    },
    {
      id: 'churn',
      title: 'Churn: connect, handshake, one echo, gone; 50 at once',
      per: 'cycle',
      load: { mode: 'churn', conns: 50, window: 1, payload: SMALL },
      comparedWith: 'raw',
    },
  ]
}

/** @returns {Scenario[]} */
function amongSignalR() {
  return [
    {
      id: 'mp-echo-1',
      title: 'MessagePack echo: 100 connections, 1 call in flight on each, 32 bytes',
      per: 'message',
      load: { mode: 'echo', proto: 'messagepack', conns: 100, window: 1, payload: SMALL },
      comparedWith: 'dotnet',
      signalrOnly: true,
    },
    {
      id: 'mp-echo-8',
      title: 'MessagePack echo: 100 connections, 8 calls in flight on each, 32 bytes',
      per: 'message',
      load: { mode: 'echo', proto: 'messagepack', conns: 100, window: 8, payload: SMALL },
      comparedWith: 'dotnet',
      signalrOnly: true,
    },
    {
      id: 'mp-broadcast-1',
      title: 'MessagePack broadcast to 1,000 connections: 1 sender with 1 in flight, 32 bytes',
      per: 'delivery',
      load: { mode: 'broadcast', proto: 'messagepack', conns: 1000, senders: 1, window: 1, payload: SMALL },
      comparedWith: 'dotnet',
      signalrOnly: true,
    },
    {
      id: 'mp-broadcast-64',
      title: 'MessagePack broadcast to 1,000 connections, saturated: 8 senders with 8 in flight each, 32 bytes',
      per: 'delivery',
      load: { mode: 'broadcast', proto: 'messagepack', conns: 1000, senders: 8, window: 8, payload: SMALL },
      comparedWith: 'dotnet',
      signalrOnly: true,
    },
    {
      id: 'stream',
      title: `Stream down: 100 connections, 1 stream of ${ITEMS_PER_STREAM} integers at a time on each, JSON`,
      per: 'item',
      load: { mode: 'stream', conns: 100, window: 1, items: ITEMS_PER_STREAM },
      comparedWith: 'dotnet',
      signalrOnly: true,
    },
    {
      id: 'ask',
      title: 'Client results: 100 connections, each has the server ask the next one, 1 call in flight on each, JSON',
      per: 'answer',
      load: { mode: 'ask', conns: 100, window: 1 },
      comparedWith: 'dotnet',
      signalrOnly: true,
    },
  ]
}

/**
 * @param {number} connections
 * @param {number} sources
 * @returns {Scenario}
 */
function idle(connections, sources) {
  return {
    id: 'idle',
    title: `Idle: ${connections.toLocaleString('en')} connections`,
    per: 'connection',
    load: { mode: 'idle', conns: connections, sources, seconds: QUIET_SECONDS },
    comparedWith: 'raw',
    freshProcess: true,
  }
}
