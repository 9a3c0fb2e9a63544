/** The steps of `npm test` that repeat on other Node versions what depends on the runtime. */
import { testFilesOf } from './mocha-suite.mjs'
import { nodeEnvironment, nodeProgram } from './node-versions.mjs'

const minute = 60_000
const installedTest = 'scripts/node-versions/installed.test.mjs'

/** @type {import('./test-steps.mjs').Step} */
const installed = {
  name: 'installed',
  title: 'installed packages',
  inTree: installedTest,
  needsSteps: ['build'],
  limitMs: 5 * minute,
  testTimeoutMs: 10_000,
  mochaFiles: () => [installedTest],
}

/** @type {import('./test-steps.mjs').Step[]} */
export const nodeVersionSteps = [
  installed,
  {
    ...unitTests(),
    ...on('22', 'unit', 'unit tests, Node 22, both hosts'),
  },
  {
    ...on('22', 'clients', 'official clients, Node 22, both hosts'),
    inTree: 'interop/src/clients',
    needsSteps: ['build'],
    limitMs: 10 * minute,
    testTimeoutMs: 30_000,
    mochaFiles: () => testFilesOf('interop/src/clients'),
    testsNamed: 'the JavaScript client 10 over',
  },
  {
    ...on('22', 'protocol', 'protocol tests, Node 22, both hosts'),
    ...protocolTests(nodeProgram('22'), 'signalbox', 'signalbox-node'),
  },
  { ...installed, ...on('22', 'installed', 'installed packages, Node 22, both hosts') },
  {
    ...unitTests('packages/host-uws/'),
    ...on('24', 'unit', 'unit tests, Node 24, node:http'),
  },
  {
    ...on('24', 'protocol', 'protocol tests, Node 24, node:http'),
    ...protocolTests(nodeProgram('24'), 'signalbox-node'),
  },
  { ...installed, ...on('24', 'installed', 'installed packages, Node 24, node:http') },
]

/** @param {import('./node-versions.mjs').NodeVersion} nodeVersion */
function on(nodeVersion, name, title) {
  return { nodeVersion, env: nodeEnvironment(nodeVersion), name: `node-${nodeVersion}-${name}`, title }
}

/** Not those of the backplane: half of the time, and what they test, Redis and its client, knows no host. */
function unitTests(...withoutFolders) {
  const left = ['packages/redis/', ...withoutFolders]
  return {
    inTree: 'packages',
    needsSteps: ['build'],
    limitMs: 5 * minute,
    testTimeoutMs: 10_000,
    mochaFiles: () => testFilesOf('packages').filter(path => !left.some(folder => path.startsWith(folder))),
  }
}

function protocolTests(node, ...servers) {
  return {
    inTree: 'protocol-tests/src/main.ts',
    needsSteps: ['build'],
    limitMs: 10 * minute,
    commands: () => [[node, 'protocol-tests/dist/main.js', ...servers.flatMap(name => ['--server', name])]],
  }
}
