/**
 * Who may import whom: the arrows of the architecture as data. check-edges.mjs holds the sources and the manifests to
 * it.
 */

/** Modules that open sockets or speak HTTP. Only the rooms that name one of them may import it. */
export const networkModules = [
  'node:dgram',
  'node:http',
  'node:http2',
  'node:https',
  'node:net',
  'node:tls',
  'ioredis',
  'uWebSockets.js',
  'ws',
]

/**
 * @typedef {object} Room
 * @property {string} folder
 * @property {string} name - of its package.
 * @property {string[]} rooms - packages of this repository it may import.
 * @property {string[]} [roomsInTests] - those its tests may import besides, and besides `conformance`.
 * @property {string[]} [doors] - what may be imported of it besides its front door: `/json-messages`.
 * @property {string[]} [network] - members of `networkModules` it may import.
 * @property {string[]} [networkInTests] - those its tests may import besides: a host is tested from the other end of
 * the wire.
 * @property {true} [onlyTests] - all of it is tests, so it may use the test tools of the repository everywhere.
 */

const abstractions = '@signalbox/abstractions'
const protocol = '@signalbox/protocol'
const messagePack = '@signalbox/protocol-msgpack'
const connections = '@signalbox/connections'
const hostUws = '@signalbox/host-uws'
const hostNode = '@signalbox/host-node'
const hubs = '@signalbox/hubs'
const cluster = '@signalbox/cluster'
const redis = '@signalbox/redis'
const openTelemetry = '@signalbox/opentelemetry'
const typedClient = '@signalbox/typed-client'
const server = 'signalbox'
/** Contract suites and shared test tools: for the tests of every room, for nothing that is published. */
export const conformance = '@signalbox/conformance'
const everyRoom = [
  abstractions,
  protocol,
  messagePack,
  connections,
  hostUws,
  hostNode,
  hubs,
  cluster,
  redis,
  openTelemetry,
  server,
]

/** @type {Room[]} */
export const rooms = [
  { folder: 'packages/abstractions', name: abstractions, rooms: [] },
  { folder: 'packages/protocol', name: protocol, rooms: [abstractions] },
  { folder: 'packages/protocol-msgpack', name: messagePack, rooms: [abstractions, protocol] },
  // node:net for what an IP address is only.
  { folder: 'packages/connections', name: connections, rooms: [abstractions], network: ['node:net'] },
  {
    folder: 'packages/host-uws',
    name: hostUws,
    rooms: [abstractions, connections],
    // node:http for the reason phrases of status codes only.
    network: ['uWebSockets.js', 'node:http'],
    networkInTests: networkModules,
  },
  {
    folder: 'packages/host-node',
    name: hostNode,
    rooms: [abstractions, connections],
    network: ['node:http', 'node:http2', 'node:https', 'node:net', 'node:tls'],
    networkInTests: ['ws'],
  },
  { folder: 'packages/hubs', name: hubs, rooms: [abstractions, protocol] },
  // The hub brings the protocols it speaks.
  { folder: 'packages/cluster', name: cluster, rooms: [abstractions, protocol, hubs] },
  {
    folder: 'packages/redis',
    name: redis,
    rooms: [abstractions, hubs, cluster],
    network: ['ioredis'],
    networkInTests: ['node:net'],
  },
  { folder: 'packages/opentelemetry', name: openTelemetry, rooms: [abstractions, protocol, connections, hubs] },
  // Browsers run it.
  { folder: 'packages/typed-client', name: typedClient, rooms: [], roomsInTests: [hubs] },
  { folder: 'packages/server', name: server, rooms: [...everyRoom, typedClient], networkInTests: networkModules },
  {
    folder: 'packages/conformance',
    name: conformance,
    rooms: [abstractions, protocol, messagePack, connections, hubs, cluster],
    networkInTests: networkModules,
    onlyTests: true,
    doors: ['/json-messages', '/redis', '/opentelemetry'],
  },
  {
    folder: 'protocol-tests',
    name: '@signalbox/protocol-tests',
    rooms: [],
    networkInTests: networkModules,
    onlyTests: true,
  },
]
