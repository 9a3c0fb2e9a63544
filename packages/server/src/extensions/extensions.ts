import { ConfigurationError, plainResult, type RecurringLog, reportHookFailure } from '@signalbox/abstractions'
import type { ConnectionTelemetry } from '@signalbox/connections'
import { type Backplane, composeTelemetry, type HubTelemetry } from '@signalbox/hubs'
import type { ServerOptions } from '../options/server-options.js'
import {
  composeConnections,
  composeNegotiate,
  composeRequestGates,
  type Negotiate,
  partsOf,
  type RequestGate,
} from './compose-hooks.js'
import {
  checkExtension,
  type ExtendedServer,
  type ExtensionHost,
  type ExtensionRoute,
  type ServerExtension,
} from './server-extension.js'
import { type HealthEntry, isHealthReport } from './server-health.js'

/**
 * The extensions of a server: each hook that any of them has as one function, which is undefined where nobody has it.
 */
export class Extensions {
  readonly list: readonly ServerExtension[]
  readonly hosts: readonly ExtensionHost[]
  readonly routes: readonly (ExtensionRoute & { readonly name: string })[]
  readonly connections: ConnectionTelemetry | undefined
  readonly hubs: HubTelemetry | undefined
  readonly backplane: Backplane | undefined
  readonly admitRequest: RequestGate | undefined
  readonly negotiate: Negotiate | undefined
  readonly #log: RecurringLog
  readonly #started: ServerExtension[] = []
  readonly #failed = new Set<ServerExtension>()
  #drained: Promise<void> | undefined

  /** @throws ConfigurationError for what is no extension, for two of one name, and for two backplanes. */
  constructor(options: ServerOptions, log: RecurringLog) {
    const extensions = [extensionOfOptions(options), ...(options.extensions ?? [])]
    for (const extension of extensions) checkExtension(extension)
    const twice = extensions.find(({ name }, index) => extensions.findIndex(other => other.name === name) < index)
    if (twice !== undefined)
      throw new ConfigurationError('extensions', `There are two extensions of the name '${twice.name}'.`)
    const backplanes = extensions.flatMap(({ backplane }) => backplane ?? [])
    if (backplanes.length > 1) throw new ConfigurationError('backplane', 'A server has one backplane at most.')
    this.list = extensions
    this.hosts = extensions.flatMap(({ hosts = [] }) => hosts)
    this.routes = extensions.flatMap(({ name, routes = [] }) => routes.map(route => ({ ...route, name })))
    this.#log = log
    this.backplane = backplanes[0]
    this.connections = composeConnections(partsOf(extensions, 'connections'), log)
    this.hubs = composeTelemetry(partsOf(extensions, 'hubs'), log)
    this.admitRequest = composeRequestGates(extensions, log)
    this.negotiate = composeNegotiate(extensions, log)
  }

  /** @throws ConfigurationError (rejects) that names the extension that does not start. */
  async start(server: ExtendedServer): Promise<void> {
    this.#drained = undefined
    for (const extension of this.list) {
      if (this.#started.includes(extension)) continue
      try {
        await extension.start?.(server)
      } catch (cause) {
        this.#failed.add(extension)
        throw new ConfigurationError('extensions', `start of the extension '${extension.name}' failed.`, cause)
      }
      this.#started.push(extension)
      this.#failed.delete(extension)
    }
  }

  /** At the first call, tells each that no more connections are taken. Never rejects. */
  drain(): Promise<void> {
    this.#drained ??= this.#tellAll('drain')
    return this.#drained
  }

  /** Each is started again when the server listens again. Never rejects. */
  close(): Promise<void> {
    const closed = this.#tellAll('close')
    this.#started.length = 0
    return closed
  }

  /** Of the backplane, and of the extensions that have something to say. */
  get health(): readonly HealthEntry[] {
    const entries = this.list.flatMap(extension => this.#healthOf(extension))
    return this.backplane === undefined ? entries : [backplaneHealth(this.backplane), ...entries]
  }

  #healthOf(extension: ServerExtension): HealthEntry | readonly [] {
    const { name } = extension
    if (this.#failed.has(extension)) return { name, status: 'Unhealthy', reason: 'It has not started.' }
    if (extension.health === undefined) return []
    try {
      const { status, reason } = plainResult('health', extension.health(), isHealthReport, "{ status: 'Healthy' }")
      return { name, status, ...(reason !== undefined && { reason }) }
    } catch (error) {
      reportHookFailure(this.#log, name, 'health', error)
      return { name, status: 'Unhealthy', reason: 'Its hook health failed.' }
    }
  }

  /** Only those that have started. */
  async #tellAll(hook: 'drain' | 'close'): Promise<void> {
    await Promise.all(
      this.#started.map(async extension => {
        try {
          await extension[hook]?.()
        } catch (error) {
          reportHookFailure(this.#log, extension.name, hook, error)
        }
      }),
    )
  }
}

/** The options of the server that say what an extension could. */
const extensionOfOptions = ({ telemetry, backplane }: ServerOptions): ServerExtension => ({
  name: 'telemetry',
  backplane,
  connections: telemetry?.connections,
  hubs: telemetry?.hubs,
  start: server => telemetry?.start?.(server),
  close: () => telemetry?.close?.(),
})

const backplaneHealth = ({ isReady }: Backplane): HealthEntry =>
  isReady
    ? { name: 'backplane', status: 'Healthy' }
    : { name: 'backplane', status: 'Unhealthy', reason: 'Messages of other nodes may be missed.' }
