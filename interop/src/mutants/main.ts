/**
 * The reference server with a fault: `--fault 'a DELETE is answered 200'` and the flags of the reference server behind
 * it. `--list` prints the faults as JSON. `npm run protocol-tests:mutants` asks whether the protocol tests notice each
 * of them.
 */
import { uwsHost } from 'signalbox'
import { parseCommandLine } from '../reference-server/command-line.js'
import { ReferenceServer } from '../reference-server/reference-server.js'
import { unlimitedBytes } from '../reference-server/settings.js'
import { faults } from './faults.js'
import { faultyHost } from './faulty-host.js'

const [flag, what, ...rest] = process.argv.slice(2)
if (flag === '--list') console.log(JSON.stringify(faults.map(({ what, area }) => ({ what, area }))))
else if (flag === '--fault') await serveWith(what, rest)
else throw new Error('Usage: mutants --list, or mutants --fault WHAT [flags of the reference server]')

async function serveWith(what: string | undefined, args: readonly string[]): Promise<void> {
  const fault = faults.find(each => each.what === what)
  if (fault === undefined) throw new Error(`There is no fault '${what}'.`)
  const { port, options } = parseCommandLine(args)
  const host = faultyHost(uwsHost({ maximumWebSocketMessageBytes: unlimitedBytes }), fault)
  const server = new ReferenceServer({ ...options, host })
  process.once('SIGTERM', () => void server.close())
  console.log(`Now listening on: ${await server.listen(port)}`)
}
