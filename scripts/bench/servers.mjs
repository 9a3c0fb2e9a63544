/**
 * Who is measured, as data. Each command starts a server on a free port of 127.0.0.1 that prints `Now listening on: http://…`.
 *
 * @typedef {object} BenchServer
 * @property {string} id - the name for --servers.
 * @property {string} title
 * @property {string[]} command - started from the repository's root.
 * @property {Record<string, string>} load - how sigload speaks to it.
 * @property {number} leastWarmUpSeconds - under load, per kind of load, before anything is measured.
 * @property {string} [program] - the file that must have been built.
 * @property {string} [howToBuild]
 */

export const SIGNALBOX_PROGRAM = 'interop/dist/reference-server/main.js'
export const ASPNETCORE_PROGRAM = 'interop/dotnet/ReferenceServer/bin/Release/net10.0/ReferenceServer.dll'

const SOCKET_IO = { flavour: 'socketio', target: 'echo', broadcast: 'broadcast' }
const SIGNALR = { flavour: 'signalr', path: '/bench', target: 'Echo', broadcast: 'Broadcast' }
const NODE = process.execPath

/** V8 has compiled what matters within about a second; .NET's tiers settle after some ten seconds. */
const V8_WARM_UP_SECONDS = 2
const DOTNET_WARM_UP_SECONDS = 10

/** The floor the others are compared with. @type {BenchServer} */
export const RAW = {
  id: 'raw',
  title: 'raw uWebSockets.js',
  command: [NODE, 'scripts/bench/servers/raw-uws.mjs'],
  load: { flavour: 'raw' },
  leastWarmUpSeconds: V8_WARM_UP_SECONDS,
}

/** @type {BenchServer[]} */
export const SERVERS = [
  RAW,
  {
    id: 'signalbox',
    title: 'Signalbox',
    command: [NODE, SIGNALBOX_PROGRAM, '--port', '0'],
    load: SIGNALR,
    leastWarmUpSeconds: V8_WARM_UP_SECONDS,
    program: SIGNALBOX_PROGRAM,
    howToBuild: 'npm run build',
  },
  {
    id: 'dotnet',
    title: 'ASP.NET Core',
    command: ['dotnet', ASPNETCORE_PROGRAM, '--port', '0'],
    load: SIGNALR,
    leastWarmUpSeconds: DOTNET_WARM_UP_SECONDS,
    program: ASPNETCORE_PROGRAM,
    howToBuild: 'dotnet build -c Release interop/dotnet/ReferenceServer',
  },
  {
    id: 'socketio-uws',
    title: 'Socket.IO on uWebSockets.js',
    command: [NODE, 'scripts/bench/servers/socketio-uws.mjs'],
    load: SOCKET_IO,
    leastWarmUpSeconds: V8_WARM_UP_SECONDS,
  },
  {
    id: 'socketio-ws',
    title: 'Socket.IO on ws',
    command: [NODE, 'scripts/bench/servers/socketio-ws.mjs'],
    load: SOCKET_IO,
    leastWarmUpSeconds: V8_WARM_UP_SECONDS,
  },
]
