/**
 * Who is measured, as data. Each command starts a server on a free port of 127.0.0.1 that prints `Now listening on:
 * http://…`.
 *
 * @typedef {object} BenchServer
 * @property {string} id - the name for --servers.
 * @property {string} title
 * @property {string[]} command - started from the repository's root.
 * @property {Record<string, string>} load - how sigload speaks to it.
 * @property {WarmUp} warmUp
 * @property {string} [program] - the file that must have been built.
 * @property {string} [howToBuild]
 *
 * @typedef {{ firstSeconds: number, furtherSeconds: number }} WarmUp
 *   At least so long under the first kind of load that a process meets, and under each further one, before anything is
 *   measured.
 */

const SIGNALBOX_PROGRAM = 'interop/dist/reference-server/main.js'
const ASPNETCORE_PROGRAM = 'interop/dotnet/ReferenceServer/bin/Release/net10.0/ReferenceServer.dll'

const SOCKET_IO = { flavour: 'socketio', target: 'echo', broadcast: 'broadcast' }
const SIGNALR = { flavour: 'signalr', path: '/bench', target: 'Echo', broadcast: 'Broadcast' }
const NODE = process.execPath

/**
 * V8 has compiled what matters within about a second; .NET's tiers settle after some ten, and then know most of what
 * follows.
 */
const V8_WARM_UP = { firstSeconds: 2, furtherSeconds: 2 }
const DOTNET_WARM_UP = { firstSeconds: 10, furtherSeconds: 3 }

/** The floor the others are compared with. @type {BenchServer} */
const RAW = {
  id: 'raw',
  title: 'raw uWebSockets.js',
  command: [NODE, 'scripts/bench/servers/raw-uws.mjs'],
  load: { flavour: 'raw' },
  warmUp: V8_WARM_UP,
}

/** @type {BenchServer} */
export const SIGNALBOX = {
  id: 'signalbox',
  title: 'Signalbox',
  command: [NODE, SIGNALBOX_PROGRAM, '--port', '0'],
  load: SIGNALR,
  warmUp: V8_WARM_UP,
  program: SIGNALBOX_PROGRAM,
  howToBuild: 'npm run build',
}

/** @type {BenchServer} */
const SIGNALBOX_ON_NODE = {
  ...SIGNALBOX,
  id: 'signalbox-node',
  title: 'Signalbox on node:http',
  command: [...SIGNALBOX.command, '--host', 'node'],
}

/** @type {BenchServer} */
export const ASPNETCORE = {
  id: 'dotnet',
  title: 'ASP.NET Core',
  command: ['dotnet', ASPNETCORE_PROGRAM, '--port', '0'],
  load: SIGNALR,
  warmUp: DOTNET_WARM_UP,
  program: ASPNETCORE_PROGRAM,
  howToBuild: 'dotnet build -c Release interop/dotnet/ReferenceServer',
}

/** @type {BenchServer[]} */
export const SERVERS = [
  RAW,
  SIGNALBOX,
  SIGNALBOX_ON_NODE,
  ASPNETCORE,
  {
    id: 'socketio-uws',
    title: 'Socket.IO on uWebSockets.js',
    command: [NODE, 'scripts/bench/servers/socketio-uws.mjs'],
    load: SOCKET_IO,
    warmUp: V8_WARM_UP,
  },
  {
    id: 'socketio-ws',
    title: 'Socket.IO on ws',
    command: [NODE, 'scripts/bench/servers/socketio-ws.mjs'],
    load: SOCKET_IO,
    warmUp: V8_WARM_UP,
  },
]
