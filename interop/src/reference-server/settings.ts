import type { HttpTransportType, ServerOptions } from 'signalbox'

/** Applies the text of one option. @throws Error that says what is wrong with the text. */
type Setting = (options: ServerOptions, text: string) => void

/** What `--set option=value` changes: Signalbox's option names; each holds for all hubs and endpoints. */
const settings: Readonly<Record<string, Setting>> = {
  keepAliveIntervalMs: number('keepAliveIntervalMs'),
  clientTimeoutIntervalMs: number('clientTimeoutIntervalMs'),
  handshakeTimeoutMs: number('handshakeTimeoutMs'),
  maximumReceiveMessageSizeBytes: setMaximumReceiveMessageSize,
  enableDetailedErrors: boolean('enableDetailedErrors'),
  streamBufferCapacityItems: number('streamBufferCapacityItems'),
  maximumParallelInvocationsPerClient: number('maximumParallelInvocationsPerClient'),
  statefulReconnectBufferSizeBytes: number('statefulReconnectBufferSizeBytes'),
  transports: (options, text) => {
    const names = split(text.toLowerCase()).filter(name => name !== 'none')
    options.transports = names.map(name => choose(name, transportsByLowerName))
  },
  closeOnAuthenticationExpiration: boolean('closeOnAuthenticationExpiration'),
  transportSendTimeoutMs: number('transportSendTimeoutMs'),
  longPollingPollTimeoutMs: number('longPollingPollTimeoutMs'),
  minimumProtocolVersion: number('minimumProtocolVersion'),
  applicationMaxBufferSizeBytes: number('applicationMaxBufferSizeBytes'),
  transportMaxBufferSizeBytes: number('transportMaxBufferSizeBytes'),
  maximumPendingSendBytes: number('maximumPendingSendBytes'),
  maximumPendingReceiveBytes: number('maximumPendingReceiveBytes'),
  maximumPendingConnections: number('maximumPendingConnections'),
  disconnectTimeoutMs: number('disconnectTimeoutMs'),
  allowedOrigins: (options, text) => {
    options.allowedOrigins = split(text)
  },
  cors: (options, text) => {
    if (choose(text, { on: true, off: false })) options.allowedOrigins = '*'
    // Who may open WebSockets, if that was said, stays.
    else if (options.allowedOrigins === '*') delete options.allowedOrigins
  },
}

const transportsByLowerName: Readonly<Record<string, HttpTransportType>> = {
  websockets: 'WebSockets',
  serversentevents: 'ServerSentEvents',
  longpolling: 'LongPolling',
}

/** @returns what is wrong; undefined when the option has been set. */
export function applySetting(options: ServerOptions, name: string, text: string): string | undefined {
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (setting === undefined) return `Unknown option '${name}'. Known: ${Object.keys(settings).join(', ')}.`
  try {
    setting(options, text)
    return undefined
  } catch (error) {
    return `${name}=${text}: ${(error as Error).message}`
  }
}

/** The options of one type. */
type OptionOf<T> = {
  [K in keyof ServerOptions]-?: NonNullable<ServerOptions[K]> extends T ? K : never
}[keyof ServerOptions]

function number(option: OptionOf<number>): Setting {
  return (options, text) => {
    options[option] = parseInteger(text)
  }
}

function boolean(option: OptionOf<boolean>): Setting {
  return (options, text) => {
    options[option] = choose(text, { true: true, false: false })
  }
}

/** A limit above the bytes that may wait unread would never be reached, so those grow with it. */
function setMaximumReceiveMessageSize(options: ServerOptions, text: string): void {
  const limit = text === 'null' ? null : parseInteger(text)
  options.maximumReceiveMessageSizeBytes = limit
  options.maximumPendingReceiveBytes = Math.max(1_048_576, limit === null ? unlimitedBytes : 2 * limit)
}

/** Room for any message a test sends where there shall be no limit. */
export const unlimitedBytes = 256 * 1_048_576

function parseInteger(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error('not an integer.')
  return Number(text)
}

function choose<T>(text: string, values: Readonly<Record<string, T>>): T {
  const value = Object.hasOwn(values, text) ? values[text] : undefined
  if (value === undefined) throw new Error(`'${text}' is none of ${Object.keys(values).join(', ')}.`)
  return value
}

const split = (list: string): string[] =>
  list
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
