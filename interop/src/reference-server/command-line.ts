import type { ServerOptions } from 'signalbox'
import { applySetting } from './settings.js'

export const usage =
  'Usage: reference-server [--port N] [--https-port N] [--host uws] [--no-detailed-errors] [--set option=value …]'

export interface CommandLine {
  /** 0 takes a free one. */
  readonly port: number
  readonly httpsPort: number | undefined
  readonly options: ServerOptions
}

/** The command line is wrong; the message says how. */
export class CommandLineError extends Error {}

/**
 * The flags of the ASP.NET Core reference server, and `--host`. Detailed errors are on and any origin is welcome unless refused.
 * @throws CommandLineError
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const options: ServerOptions = { enableDetailedErrors: true, allowedOrigins: '*' }
  let port = 0
  let httpsPort: number | undefined
  // npm hands over the `--` that ends its own arguments.
  const rest = args[0] === '--' ? args.slice(1) : [...args]
  for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
    const value = (): string => {
      const next = rest.shift()
      if (next === undefined) throw new CommandLineError(`${flag} needs a value.`)
      return next
    }
    switch (flag) {
      case '--port':
        port = parsePort(value())
        break
      case '--https-port':
        httpsPort = parsePort(value())
        break
      case '--host':
        checkHost(value())
        break
      case '--no-detailed-errors':
        options.enableDetailedErrors = false
        break
      case '--set':
        set(options, value())
        break
      case '--redis':
      case '--channel-prefix':
        throw new CommandLineError(`${flag}: this server has no Redis backplane yet.`)
      default:
        throw new CommandLineError(`Unknown flag ${flag}.`)
    }
  }
  return { port, httpsPort, options }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new CommandLineError(`'${text}' is not a port.`)
}

function checkHost(name: string): void {
  if (name !== 'uws') throw new CommandLineError(`--host ${name}: the only host is uws.`)
}

function set(options: ServerOptions, assignment: string): void {
  const at = assignment.indexOf('=')
  if (at < 0) throw new CommandLineError(`--set takes option=value, not '${assignment}'.`)
  const problem = applySetting(options, assignment.slice(0, at), assignment.slice(at + 1))
  if (problem !== undefined) throw new CommandLineError(problem)
}
