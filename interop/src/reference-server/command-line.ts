import { redisBackplane } from '@signalbox/redis'
import { nodeHost, type ServerOptions, uwsHost } from 'signalbox'
import { applySetting, unlimitedBytes } from './settings.js'

export const usage =
  'Usage: reference-server [--port N] [--https-port N] [--redis URL] [--channel-prefix P] [--host uws|node] [--no-detailed-errors] [--set option=value …]'

export interface CommandLine {
  /** 0 takes a free one. */
  readonly port: number
  readonly httpsPort: number | undefined
  readonly options: ServerOptions
}

/** The command line is wrong; the message says how. */
export class CommandLineError extends Error {}

/**
 * The flags of the ASP.NET Core reference server, and `--host`. Detailed errors are on and any origin is welcome unless
 * refused.
 * @throws CommandLineError
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const options: ServerOptions = { enableDetailedErrors: true, allowedOrigins: '*' }
  let port = 0
  let httpsPort: number | undefined
  let hostName = 'uws'
  let redisUrl: string | undefined
  let channelPrefix: string | undefined
  let webSocketCloseTimeoutMs: number | undefined
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
        hostName = value()
        break
      case '--no-detailed-errors':
        options.enableDetailedErrors = false
        break
      case '--set':
        {
          const [name, text] = splitAssignment(value())
          if (name === 'webSocketsCloseTimeoutMs') webSocketCloseTimeoutMs = Number(text)
          else set(options, name, text)
        }
        break
      case '--redis':
        redisUrl = parseRedisUrl(value())
        break
      case '--channel-prefix':
        channelPrefix = value()
        break
      default:
        throw new CommandLineError(`Unknown flag ${flag}.`)
    }
  }
  options.host = createHost(hostName, webSocketCloseTimeoutMs)
  if (redisUrl !== undefined)
    options.backplane = redisBackplane(
      channelPrefix === undefined ? { url: redisUrl } : { url: redisUrl, channelPrefix },
    )
  return { port, httpsPort, options }
}

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new CommandLineError(`'${text}' is not a port.`)
}

/** `host:port` will do, as StackExchange.Redis writes it. */
const parseRedisUrl = (text: string): string => (/^rediss?:\/\//.test(text) ? text : `redis://${text}`)

function createHost(name: string, webSocketCloseTimeoutMs: number | undefined): NonNullable<ServerOptions['host']> {
  // Kestrel has no limit of its own on a WebSocket message: the hub's is the one to be met.
  const options = { maximumWebSocketMessageBytes: unlimitedBytes }
  if (name === 'node')
    return nodeHost(webSocketCloseTimeoutMs === undefined ? options : { ...options, webSocketCloseTimeoutMs })
  if (webSocketCloseTimeoutMs !== undefined)
    throw new CommandLineError('--set webSocketsCloseTimeoutMs: only the host node waits for the answer to a close.')
  if (name === 'uws') return uwsHost(options)
  throw new CommandLineError(`--host ${name}: the hosts are uws and node.`)
}

function splitAssignment(assignment: string): [name: string, text: string] {
  const at = assignment.indexOf('=')
  if (at < 0) throw new CommandLineError(`--set takes option=value, not '${assignment}'.`)
  return [assignment.slice(0, at), assignment.slice(at + 1)]
}

function set(options: ServerOptions, name: string, text: string): void {
  const problem = applySetting(options, name, text)
  if (problem !== undefined) throw new CommandLineError(problem)
}
