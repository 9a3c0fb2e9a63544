/**
 * The reference server as a program; the tests, benchmarks and black-box suites start it. Its stdout says where it
 * listens and nothing else.
 */
import { ConfigurationError } from 'signalbox'
import { type CommandLine, CommandLineError, parseCommandLine, usage } from './command-line.js'
import { ReferenceServer } from './reference-server.js'

function readCommandLine(): CommandLine {
  try {
    return parseCommandLine(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof CommandLineError)) throw error
    console.error(`${error.message}\n${usage}`)
    process.exit(2)
  }
}

const commandLine = readCommandLine()
try {
  const server = new ReferenceServer(commandLine.options)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void server.close())
  console.log(`Now listening on: ${await server.listen(commandLine.port)}`)
  if (commandLine.httpsPort !== undefined)
    console.log(`Now listening on: ${await server.listenSecurely(commandLine.httpsPort)}`)
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error
  console.error(error.message)
  process.exit(1)
}
