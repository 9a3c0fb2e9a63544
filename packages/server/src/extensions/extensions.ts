import {
  ConfigurationError,
  composeObservers,
  describeValue,
  type HttpRequest,
  isPromiseLike,
  plainResult,
  type RecurringLog,
  reportHookFailure,
} from '@signalbox/abstractions'
import {
  type ConnectionTelemetry,
  type HttpResponse,
  type NegotiateAnswer,
  requestFailed,
} from '@signalbox/connections'
import { type Backplane, composeTelemetry, type HubTelemetry } from '@signalbox/hubs'
import type { ServerOptions } from '../options/server-options.js'
import { checkResponse } from '../requests/request-handler.js'
import {
  checkExtension,
  type ExtendedServer,
  type ExtensionHost,
  type ExtensionRoute,
  type NegotiateTarget,
  type ServerExtension,
} from './server-extension.js'
import { type HealthEntry, isHealthReport } from './server-health.js'

/** The extensions of a server: each hook that any of them has as one function, which is undefined where nobody has it. */
export class Extensions {
  readonly list: readonly ServerExtension[]
  readonly hosts: readonly ExtensionHost[]
  readonly routes: readonly (ExtensionRoute & { readonly name: string })[]
  readonly connections: ConnectionTelemetry | undefined
  readonly hubs: HubTelemetry | undefined
  readonly backplane: Backplane | undefined
  readonly admitRequest: ((request: HttpRequest) => HttpResponse | undefined) | undefined
  readonly negotiate: ((request: HttpRequest, target: NegotiateTarget) => Promise<NegotiateAnswer>) | undefined
  readonly #log: RecurringLog
  readonly #reporting: readonly ServerExtension[]
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
    this.#reporting = extensions.filter(({ health }) => health !== undefined)
    this.#log = log
    this.backplane = backplanes[0]
    this.connections = composeConnections(extensions, log)
    this.hubs = composeTelemetry(extensions.flatMap(({ hubs }) => hubs ?? []))
    this.admitRequest = composeRequestGates(extensions, log)
    this.negotiate = composeNegotiate(extensions, log)
  }

  /** @throws ConfigurationError (rejects) that names the extension that does not start. */
  async start(server: ExtendedServer): Promise<void> {
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
    this.#drained = undefined
    return closed
  }

  /** Of the backplane, and of the extensions that have something to say. */
  get health(): readonly HealthEntry[] {
    const failed = [...this.#failed].map(
      ({ name }): HealthEntry => ({ name, status: 'Unhealthy', reason: 'It has not started.' }),
    )
    const entries = [...failed, ...this.#reporting.map(extension => this.#healthOf(extension))]
    return this.backplane === undefined ? entries : [backplaneHealth(this.backplane), ...entries]
  }

  #healthOf(extension: ServerExtension): HealthEntry {
    const { name } = extension
    try {
      const report = plainResult(
        'health',
        extension.health!(),
        isHealthReport,
        "{ status: 'Healthy' } or another status",
      )
      const { status, reason } = report
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

function composeConnections(
  extensions: readonly ServerExtension[],
  log: RecurringLog,
): ConnectionTelemetry | undefined {
  const observers = extensions.flatMap(({ name, connections }) =>
    connections === undefined ? [] : [{ name, observer: connections }],
  )
  if (observers.length === 0) return undefined
  const compose = (hook: keyof ConnectionTelemetry) => {
    const composed = composeObservers(observers, hook, log)
    return composed === undefined ? {} : { [hook]: composed }
  }
  return { ...compose('onStarted'), ...compose('onStopped'), ...compose('onSlowClient') }
}

/** The first gate that answers decides; those behind it are not asked. */
function composeRequestGates(extensions: readonly ServerExtension[], log: RecurringLog): Extensions['admitRequest'] {
  const gates = extensions.filter(({ admitRequest }) => admitRequest !== undefined)
  if (gates.length === 0) return undefined
  return request => {
    for (const gate of gates) {
      try {
        const answer = plainResult(
          'admitRequest',
          gate.admitRequest!(request),
          isResponseOrNone,
          'an answer or undefined',
        )
        if (answer !== undefined) return checkResponse(answer)
      } catch (error) {
        reportHookFailure(log, gate.name, 'admitRequest', error)
        return requestFailed
      }
    }
    return undefined
  }
}

/** The first extension that answers decides. */
function composeNegotiate(extensions: readonly ServerExtension[], log: RecurringLog): Extensions['negotiate'] {
  const negotiators = extensions.filter(({ negotiate }) => negotiate !== undefined)
  if (negotiators.length === 0) return undefined
  return async (request, target) => {
    for (const extension of negotiators) {
      try {
        const answer = await extension.negotiate!(request, target)
        if (answer !== undefined) return checkNegotiateAnswer(answer)
      } catch (error) {
        reportHookFailure(log, extension.name, 'negotiate', error)
        return requestFailed
      }
    }
    return undefined
  }
}

/** @throws TypeError that says what is needed. */
function checkNegotiateAnswer(answer: NonNullable<NegotiateAnswer>): NegotiateAnswer {
  if ('url' in answer && typeof answer.url === 'string') return answer
  if ('status' in answer) return checkResponse(answer)
  throw new TypeError(`negotiate must return { url }, an answer or undefined, but returned ${describeValue(answer)}.`)
}

const isResponseOrNone = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && 'status' in value && !isPromiseLike(value))
