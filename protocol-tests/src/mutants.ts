/**
 * `npm run protocol-tests:mutants`
 *
 * Who tests the tests? Runs the checks against Signalbox with one seeded fault after the other, until the first check
 * that notices. A fault that nobody notices fails the run.
 */
import { execFileSync } from 'node:child_process'
import { registeredChecks } from './check.js'
import './checks/index.js'
import { fullName, readKnownFailures } from './known-failing.js'
import { mutantsCommand, prepare, referenceServers, type ServerProgram } from './reference-servers.js'
import { findFailure } from './run-checks.js'

interface Fault {
  readonly what: string
  /** Where to look first. */
  readonly area: string
}

/** A mutant has a server or two, and most of its time it waits. */
const mutantsAtOnce = 2

// A check that is given up leaves behind what it was still waiting for.
process.on('unhandledRejection', () => {})

const known = new Set(readKnownFailures().map(entry => entry.check))
const checks = registeredChecks().filter(check => !known.has(fullName(check)))
const started = performance.now()

await prepare('signalbox')
const flaw = await findFailure(referenceServers.signalbox, checks)
if (flaw) {
  console.error(`Without a fault the server fails "${fullName(flaw.check)}": ${flaw.error}`)
  process.exit(1)
}
const faults = readFaults()
const survivors = await huntAll(faults)
const seconds = Math.round((performance.now() - started) / 1000)
console.log(`\n${faults.length - survivors.length} of ${faults.length} faults are noticed, ${seconds} s`)
for (const { what } of survivors) console.error(`Nobody notices that ${what}`)
// Checks that were given up may still wait for something.
process.exit(survivors.length === 0 ? 0 : 1)

function readFaults(): readonly Fault[] {
  const [node, program] = mutantsCommand
  return JSON.parse(execFileSync(node, [program, '--list'], { encoding: 'utf8' }))
}

async function huntAll(all: readonly Fault[]): Promise<readonly Fault[]> {
  const width = Math.max(...all.map(({ what }) => what.length))
  const survived: Fault[] = []
  const rest = [...all]
  const hunter = async () => {
    for (let fault = rest.shift(); fault !== undefined; fault = rest.shift()) {
      const caughtBy = await hunt(fault)
      if (caughtBy === undefined) survived.push(fault)
      console.log(`${fault.what.padEnd(width)}  ${caughtBy ?? 'SURVIVED'}`)
    }
  }
  await Promise.all(Array.from({ length: mutantsAtOnce }, hunter))
  return survived
}

/** The name of a check that fails because of the fault. */
async function hunt({ what, area }: Fault): Promise<string | undefined> {
  const program: ServerProgram = { product: 'signalbox', command: [...mutantsCommand, '--fault', what] }
  const near = checks.filter(check => check.area === area)
  const far = checks.filter(check => check.area !== area)
  const failure = (await findFailure(program, near)) ?? (await findFailure(program, far))
  return failure && fullName(failure.check)
}
