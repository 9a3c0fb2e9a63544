/** What `npm test` does, in this order, as data. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { testFilesOf } from './mocha-suite.mjs'
import { nodeVersionSteps } from './node-version-steps.mjs'
import { filesBelow, npmTools, repositoryRoot } from './repository.mjs'

const node = process.execPath
const minute = 60_000

/**
 * @typedef {object} Step
 * @property {string} name - for `--only`, which also takes the first words of several names: `node-22`.
 * @property {string} title
 * @property {string} inTree - the part of the repository it tests; where that is absent the step does not exist.
 * @property {string[]} [needsSteps] - steps that `--only` runs with it.
 * @property {string[]} [needsTools] - system tools without which it cannot run at all.
 * @property {string[]} [usesTools] - system tools without which it leaves some tests out.
 * @property {import('./node-versions.mjs').NodeVersion} [nodeVersion] - without which it cannot run; default the Node
 * we run on.
 * @property {Record<string, string>} [env] - environment variables besides those that are set.
 * @property {number} limitMs - the step fails when it takes longer, so that nothing hangs.
 * @property {(missingTools: string[]) => string[][]} [commands] - each must end with exit code 0; together they count
 * as one test.
 * @property {() => string[]} [mochaFiles] - or the test files of a mocha suite.
 * @property {number} [testTimeoutMs] - for each test of that suite.
 * @property {string} [testsNamed] - runs only those of its tests whose full name has this in it.
 */

/** @type {Step[]} */
const everyStep = [
  {
    name: 'lint',
    title: 'lint and format',
    inTree: 'biome.json',
    limitMs: 2 * minute,
    commands: () => [[node, npmTools.biome, 'check', '--error-on-warnings', '.']],
  },
  {
    name: 'edges',
    title: 'import edges',
    inTree: 'scripts/check-edges.mjs',
    limitMs: minute,
    commands: () => [[node, 'scripts/check-edges.mjs']],
  },
  {
    name: 'build',
    title: 'build',
    inTree: 'tsconfig.json',
    limitMs: 5 * minute,
    commands: () => [[node, npmTools.tsc, '-b']],
  },
  {
    name: 'dotnet',
    title: '.NET build',
    inTree: 'interop/dotnet',
    needsTools: ['dotnet'],
    limitMs: 10 * minute,
    commands: () =>
      dotnetProjects().map(project => ['dotnet', 'build', '--nologo', '--configuration', 'Release', project]),
  },
  {
    name: 'unit',
    title: 'unit tests',
    inTree: 'packages',
    needsSteps: ['build', 'dotnet'],
    usesTools: ['redis-server', 'dotnet'],
    limitMs: 10 * minute,
    testTimeoutMs: 5_000,
    mochaFiles: () => ['packages', 'protocol-tests', 'scripts'].flatMap(folder => testFilesOf(folder)),
  },
  {
    name: 'interop',
    title: 'interop tests',
    inTree: 'interop/src',
    needsSteps: ['build', 'dotnet'],
    usesTools: ['chromium', 'redis-server', 'dotnet', 'nginx', 'haproxy'],
    limitMs: 30 * minute,
    testTimeoutMs: 30_000,
    mochaFiles: () => testFilesOf('interop'),
  },
  {
    name: 'protocol',
    title: 'protocol tests',
    inTree: 'protocol-tests/src/main.ts',
    needsSteps: ['build', 'dotnet'],
    usesTools: ['dotnet'],
    limitMs: 15 * minute,
    commands: missingTools => [
      [node, 'protocol-tests/dist/main.js', ...(missingTools.includes('dotnet') ? ['--server', 'signalbox'] : [])],
    ],
  },
  {
    name: 'mutants',
    title: 'seeded faults',
    inTree: 'protocol-tests/src/mutants.ts',
    needsSteps: ['build'],
    limitMs: 15 * minute,
    commands: () => [[node, 'protocol-tests/dist/mutants.js']],
  },
  ...nodeVersionSteps,
]

export const steps = everyStep.filter(step => existsSync(join(repositoryRoot, step.inTree)))

function dotnetProjects() {
  return filesBelow('interop/dotnet').filter(path => path.endsWith('.csproj'))
}
