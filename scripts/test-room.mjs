/**
 * `npm test` in the folder of a package: builds it and what it needs, and runs its tests. What follows `--` goes to mocha;
 * a word that is no option picks the test files that have it in their path: `npm test -- uploads --grep closes`.
 */
import { relative } from 'node:path'
import { testFilesOf } from './mocha-suite.mjs'
import { filesBelow, npmTools, repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'

const room = relative(repositoryRoot, process.cwd()).replaceAll('\\', '/')
const args = process.argv.slice(2)
const firstOption = args.findIndex(arg => arg.startsWith('-'))
const words = firstOption === -1 ? args : args.slice(0, firstOption)
const options = args.slice(words.length)

const projects = filesBelow(room).filter(path => /\/tsconfig(?:\.test)?\.json$/.test(path))
const tests = testFilesOf(room).filter(path => words.every(word => path.includes(word)))
if (tests.length === 0) throw new Error(`No test file of ${room} has '${words.join(' ')}' in its path.`)

const node = process.execPath
const built = await run([node, npmTools.tsc, '-b', ...projects])
const tested =
  built.exitCode === 0 ? await run([node, npmTools.mocha, '--timeout', '5000', ...options, ...tests]) : built
process.exitCode = tested.exitCode
