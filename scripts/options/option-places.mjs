/** Where the options that packages have as data are written down besides: in docstrings, and in tables of documents. */
import { authenticationOptionTable } from '../../packages/connections/dist/authentication/authentication-options.js'
import { hostOptionTable } from '../../packages/connections/dist/host/host-options.js'
import { tlsFileTable } from '../../packages/connections/dist/host/tls-files.js'
import {
  connectionManagerOptionTable,
  connectionOptionTable,
} from '../../packages/connections/dist/life/connection-options.js'
import { nodeHostOptionTable } from '../../packages/host-node/dist/node-host.js'
import { hubOptionTable } from '../../packages/hubs/dist/authoring/hub-options.js'
import {
  redisAddressOptionTable,
  redisBackplaneOptionTable,
} from '../../packages/redis/dist/redis-backplane-options.js'
import { jwtBearerOptionTable } from '../../packages/server/dist/authentication/jwt-bearer.js'
import { principalOptionTable } from '../../packages/server/dist/authentication/principal.js'
import { serverExtensionTable } from '../../packages/server/dist/extensions/server-extension.js'
import { listenAddressTable } from '../../packages/server/dist/hosting/listen-address.js'
import {
  closeOptionTable,
  mapConnectionOptionTable,
  mapHubOptionTable,
  serverOptionTable,
} from '../../packages/server/dist/options/server-options.js'
import { mapRequestOptionTable } from '../../packages/server/dist/requests/request-handler.js'
import { testClientOptionTable, testHubOptionTable } from '../../packages/server/dist/test-hub/test-hub-options.js'

/** @typedef {import('@signalbox/abstractions').AnyOptionTable} OptionTable */

/**
 * Interfaces whose members have their docstrings from a table.
 * @type {{ file: string, interfaceName: string, table: OptionTable }[]}
 */
export const interfaces = [
  ['connections/src/life/connection-options.ts', 'ConnectionOptions', connectionOptionTable],
  ['connections/src/life/connection-options.ts', 'ConnectionManagerOptions', connectionManagerOptionTable],
  ['connections/src/authentication/authentication-options.ts', 'AuthenticationOptions', authenticationOptionTable],
  ['connections/src/host/host-options.ts', 'HostOptions', hostOptionTable],
  ['connections/src/host/tls-files.ts', 'TlsFiles', tlsFileTable],
  ['host-node/src/node-host.ts', 'NodeHostOptions', nodeHostOptionTable],
  ['hubs/src/authoring/hub-options.ts', 'HubOptions', hubOptionTable],
  ['redis/src/redis-backplane-options.ts', 'RedisAddress', redisAddressOptionTable],
  ['redis/src/redis-backplane-options.ts', 'RedisBackplaneOptions', redisBackplaneOptionTable],
  ['server/src/hosting/listen-address.ts', 'ListenAddress', listenAddressTable],
  ['server/src/options/server-options.ts', 'ServerOptions', serverOptionTable],
  ['server/src/options/server-options.ts', 'MapHubOptions', mapHubOptionTable],
  ['server/src/options/server-options.ts', 'MapConnectionOptions', mapConnectionOptionTable],
  ['server/src/options/server-options.ts', 'CloseOptions', closeOptionTable],
  ['server/src/requests/request-handler.ts', 'MapRequestOptions', mapRequestOptionTable],
  ['server/src/authentication/principal.ts', 'PrincipalOptions', principalOptionTable],
  ['server/src/authentication/jwt-bearer.ts', 'JwtChecks', jwtBearerOptionTable],
  ['server/src/authentication/jwt-bearer.ts', 'SecretOptions', jwtBearerOptionTable],
  ['server/src/authentication/jwt-bearer.ts', 'PublicKeyOptions', jwtBearerOptionTable],
  ['server/src/authentication/jwt-bearer.ts', 'JwksOptions', jwtBearerOptionTable],
  ['server/src/test-hub/test-hub-options.ts', 'TestHubOptions', testHubOptionTable],
  ['server/src/test-hub/test-hub-options.ts', 'TestClientOptions', testClientOptionTable],
].map(([file, interfaceName, table]) => ({ file: `packages/${file}`, interfaceName, table }))

/** @typedef {'default' | 'takes' | 'dotNetName' | 'doc'} OptionColumn */

/** @type {OptionColumn[]} */
const everything = ['default', 'takes', 'dotNetName', 'doc']
/** @type {OptionColumn[]} */
const inShort = ['default', 'doc']

/**
 * Tables between `<!-- options NAME:begin -->` and `<!-- options NAME:end -->`.
 * @type {{ file: string, name: string, table: OptionTable, columns: OptionColumn[] }[]}
 */
export const documents = [
  ['README.md', 'createServer', serverOptionTable, ['default', 'dotNetName']],
  ['docs/options.md', 'hubs', hubOptionTable, everything],
  ['docs/options.md', 'connections', connectionOptionTable, everything],
  ['docs/options.md', 'authentication', authenticationOptionTable, everything],
  ['docs/options.md', 'mapHub', pick(mapHubOptionTable, 'authorize'), everything],
  [
    'docs/options.md',
    'createServer',
    without(serverOptionTable, hubOptionTable, connectionOptionTable, authenticationOptionTable),
    everything,
  ],
  ['docs/options.md', 'mapRequest', mapRequestOptionTable, everything],
  ['docs/options.md', 'listen', listenAddressTable, everything],
  ['docs/options.md', 'tls', tlsFileTable, everything],
  ['docs/options.md', 'close', closeOptionTable, everything],
  ['docs/options.md', 'jwtBearer', jwtBearerOptionTable, everything],
  ['docs/options.md', 'createPrincipal', principalOptionTable, everything],
  ['docs/options.md', 'hosts', nodeHostOptionTable, everything],
  ['docs/options.md', 'redisBackplane', redisBackplaneOptionTable, everything],
  ['docs/options.md', 'connect', testClientOptionTable, everything],
  ['docs/extensions.md', 'extension', serverExtensionTable, ['doc']],
  [
    'docs/authentication.md',
    'authentication',
    {
      ...pick(serverOptionTable, 'authenticate', 'policies'),
      ...pick(mapHubOptionTable, 'authorize'),
      ...authenticationOptionTable,
    },
    inShort,
  ],
  [
    'docs/hub-methods.md',
    'limits',
    pick(
      hubOptionTable,
      'maximumParallelInvocationsPerClient',
      'maximumPendingInvocationsPerClient',
      'maximumPendingInvocationBytesPerClient',
      'maximumStreamsPerClient',
      'streamBufferCapacityItems',
    ),
    inShort,
  ],
  ['packages/host-node/README.md', 'nodeHost', nodeHostOptionTable, inShort],
  ['packages/host-uws/README.md', 'uwsHost', hostOptionTable, inShort],
  ['packages/redis/README.md', 'redisBackplane', redisBackplaneOptionTable, inShort],
].map(([file, name, table, columns]) => ({ file, name, table, columns }))

/** @param {OptionTable} table @param {string[]} names @returns {OptionTable} */
function pick(table, ...names) {
  return Object.fromEntries(names.map(name => [name, table[name]]))
}

/** @param {OptionTable} table @param {OptionTable[]} others @returns {OptionTable} */
function without(table, ...others) {
  return Object.fromEntries(Object.entries(table).filter(([name]) => !others.some(other => Object.hasOwn(other, name))))
}
