import { RawWebSocket, requestOnce } from '@signalbox/conformance'
import type { HubActivity, HubConnectionTelemetry } from '@signalbox/hubs'
import { expect } from 'chai'
import {
  createPrincipal,
  createServer,
  Hub,
  type Logger,
  type MapHubOptions,
  type ServerOptions,
  type SignalboxServer,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'
import { RawHubClient, type RawMessage } from '../testing/raw-hub-client.js'

const boom = new Error('BOOM!')

/** What code of an application may do instead of what it should. */
const ways = {
  throws: () => {
    throw boom
  },
  rejects: () => Promise.reject(boom),
  'returns a promise of another library, which rejects': () => ({
    // biome-ignore lint/suspicious/noThenProperty: it is a promise of another library
    then: (_: unknown, reject: (error: Error) => void) => setImmediate(reject, boom),
  }),
  'returns a number': () => 42,
  'promises a number': async () => 42,
} as const

type Way = keyof typeof ways
const failing: readonly Way[] = ['throws', 'rejects', 'returns a promise of another library, which rejects']
const everyWay = Object.keys(ways) as Way[]

/** A callback that does what it should until it is told to fail. */
type Callback = <TArgs extends readonly unknown[], TResult>(
  good: (...args: TArgs) => TResult,
) => (...args: TArgs) => TResult

interface Row {
  readonly callback: string
  readonly options: (callback: Callback) => ServerOptions & MapHubOptions
  /** Besides the hub. */
  readonly map?: (server: SignalboxServer, callback: Callback) => void
  /** What happens while it fails. @returns what the one concerned sees. */
  readonly act: (port: number) => Promise<unknown>
  readonly sees: unknown
  /** What the log says besides; default the callback. Undefined where nothing can be logged. */
  readonly logs?: string | undefined
  /** Default all: what it returns means something. */
  readonly ways?: readonly Way[]
}

const ann = () => createPrincipal({ userId: 'ann', expiresAt: Date.now() + 60_000 })
const nothing = () => undefined
const policies = { admin: () => true }

type Validate = (value: unknown) => { readonly value: unknown }

/** What the schema of a test does. */
let validate: Validate = value => ({ value })
const schema = {
  '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => validate(value) },
} as const

class EchoHub extends Hub {
  static hubMethods = { echo: 1, guarded: { authorize: 'admin' }, checked: [schema], fail: 0 }

  echo(text: string): string {
    return text
  }

  guarded(): string {
    return 'guarded'
  }

  checked(text: string): string {
    return text
  }

  fail(): void {
    throw boom
  }
}

const negotiate = async (port: number) =>
  (await requestOnce(port, { method: 'POST', path: '/hub/negotiate?negotiateVersion=1' })).status

const connect = async (port: number): Promise<RawMessage | undefined> => (await RawHubClient.open(port)).answer

const firstMessage = async (port: number): Promise<RawMessage> => {
  const { client } = await RawHubClient.open(port)
  return client!.read()
}

const upgradeFromAfar = async (port: number) =>
  (await RawHubClient.open(port, { Origin: 'https://app.example.com' })).status

const refresh = async (port: number) => {
  const { body } = await requestOnce(port, { method: 'POST', path: '/hub/negotiate?negotiateVersion=1' })
  const { connectionToken } = JSON.parse(body.toString()) as { connectionToken: string }
  const socket = await RawWebSocket.open(port, `/hub?id=${connectionToken}`)
  const { status } = await requestOnce(port, { method: 'POST', path: `/hub/refresh?id=${connectionToken}` })
  socket.connection.vanish()
  return status
}

const call =
  (target: string, ...args: readonly unknown[]) =>
  async (port: number): Promise<unknown> => {
    const { client } = await RawHubClient.open(port)
    const { error, result } = await client!.invoke(target, ...args)
    client!.vanish()
    return error ?? result
  }

/** Fails its calls alone: it was connected before. */
const failedCall = (target: string) => `An unexpected error occurred invoking '${target}' on the server.`
const closedWithError = { type: 7, error: 'Connection closed with an error.' }

const idle: HubActivity = { run: part => part(), succeed() {}, fail() {} }
const unwatched: HubConnectionTelemetry = {
  startInvocation: () => idle,
  startConnected: () => idle,
  startDisconnected: () => idle,
}

const rows: readonly Row[] = [
  {
    callback: 'authenticate',
    options: callback => ({ authenticate: callback(ann) }),
    act: negotiate,
    sees: 401,
  },
  {
    callback: 'responseHeaders',
    options: callback => ({ responseHeaders: callback(() => ({ 'X-A': 'b' })) }),
    act: negotiate,
    sees: 500,
  },
  {
    callback: 'allowedOrigins',
    options: callback => ({ allowedOrigins: callback(() => true) }),
    act: upgradeFromAfar,
    sees: 403,
  },
  {
    callback: 'userIdProvider',
    options: callback => ({ userIdProvider: callback(() => 'ann') }),
    act: connect,
    sees: { error: 'An unexpected error occurred during connection handshake.' },
  },
  {
    callback: 'userIdProvider',
    options: callback => ({
      authenticate: ann,
      enableAuthenticationRefresh: true,
      userIdProvider: callback(() => 'ann'),
    }),
    act: refresh,
    sees: 403,
  },
  {
    callback: 'onAuthenticationRefresh',
    options: callback => ({
      authenticate: ann,
      enableAuthenticationRefresh: true,
      onAuthenticationRefresh: callback(() => true),
    }),
    act: refresh,
    sees: 403,
  },
  {
    callback: 'hubActivator',
    options: callback => ({ hubActivator: callback(() => new EchoHub()) }),
    act: firstMessage,
    sees: closedWithError,
  },
  {
    callback: "policies, those of a hub's path:",
    options: callback => ({ authenticate: ann, authorize: 'admin', policies: { admin: callback(() => true) } }),
    act: negotiate,
    sees: 500,
    logs: "policy 'admin'",
  },
  {
    callback: 'policies, those of hub methods:',
    options: callback => ({ authenticate: ann, policies: { admin: callback(() => true) } }),
    act: call('guarded'),
    sees: failedCall('guarded'),
    logs: "policy 'admin'",
  },
  {
    callback: 'invokeMethod of filters',
    options: callback => ({ filters: [{ invokeMethod: callback((context, next) => next(context)) }] }),
    act: call('echo', 'a'),
    sees: failedCall('echo'),
    logs: 'Hub method EchoHub.echo failed.',
    ways: failing,
  },
  {
    callback: 'onConnected of filters',
    options: callback => ({ filters: [{ onConnected: callback((_, next) => next()) }] }),
    act: firstMessage,
    sees: closedWithError,
    logs: 'EchoHub.onConnected failed.',
    ways: failing,
  },
  {
    callback: 'onDisconnected of filters',
    options: callback => ({ filters: [{ onDisconnected: callback((_, error, next) => next(error)) }] }),
    act: call('echo', 'a'),
    sees: 'a',
    logs: 'EchoHub.onDisconnected failed.',
    ways: failing,
  },
  {
    callback: 'onBindingFailure',
    options: callback => ({ filters: [{ onBindingFailure: callback(nothing) }] }),
    act: call('unknown'),
    sees: "Failed to invoke 'unknown' due to an error on the server. HubException: Method does not exist.",
    ways: failing,
  },
  {
    callback: 'a schema',
    options: callback => {
      validate = callback(value => ({ value }))
      return {}
    },
    act: call('checked', 'a'),
    sees: "Failed to invoke 'checked' due to an error on the server.",
    logs: 'Hub method EchoHub.checked failed.',
  },
  {
    callback: 'a handler of mapRequest',
    options: () => ({}),
    map: (server, callback) =>
      server.mapRequest(
        '/health',
        callback(() => ({ status: 200 })),
      ),
    act: async port => (await requestOnce(port, { path: '/health' })).status,
    sees: 500,
    logs: 'The request handler of /health failed.',
  },
  {
    callback: 'a handler of mapConnection',
    options: () => ({}),
    map: (server, callback) => server.mapConnection('/raw', callback(nothing)),
    act: async port => {
      const { connection } = await RawWebSocket.open(port, '/raw')
      const socket = new RawWebSocket(connection, {} as never)
      return (await socket.readFrame()).payload.readUInt16BE()
    },
    sees: 1011,
    logs: 'The application at /raw failed',
    ways: failing,
  },
  ...(['onStarted', 'onStopped'] as const).map(
    (hook): Row => ({
      callback: `${hook} of telemetry.connections`,
      options: callback => ({ telemetry: { connections: { [hook]: callback(nothing) } } }),
      act: call('echo', 'a'),
      sees: 'a',
      logs: `${hook} of the extension 'telemetry' failed.`,
      ways: failing,
    }),
  ),
  {
    callback: 'watch of telemetry.hubs',
    options: callback => ({ telemetry: { hubs: { watch: callback(() => unwatched) } } }),
    act: call('echo', 'a'),
    sees: 'a',
    logs: "of the extension 'telemetry' failed.",
    ways: [...failing, 'returns a number'],
  },
  ...(['startInvocation', 'startConnected', 'startDisconnected'] as const).map(
    (hook): Row => ({
      callback: `${hook} of telemetry.hubs`,
      options: callback => ({
        telemetry: { hubs: { watch: () => ({ ...unwatched, [hook]: callback(() => idle) }) } },
      }),
      act: call('echo', 'a'),
      sees: 'a',
      logs: "of the extension 'telemetry' failed.",
      ways: [...failing, 'returns a number'],
    }),
  ),
  ...(['run', 'succeed'] as const).map(
    (hook): Row => ({
      callback: `${hook} of an activity of telemetry.hubs`,
      options: callback => {
        const activity = { ...idle, [hook]: callback(idle[hook] as () => unknown) }
        return { telemetry: { hubs: { watch: () => ({ ...unwatched, startInvocation: () => activity }) } } }
      },
      act: call('echo', 'a'),
      sees: 'a',
      logs: `${hook} of the extension 'telemetry' failed.`,
      ways: failing,
    }),
  ),
]

for (const { title: host, create: createHost } of hostFactories)
  describe(`a callback of an option, on ${host}`, function () {
    this.timeout(10_000)

    let log: string[]
    let isFailing: boolean
    let server: SignalboxServer

    afterEach(() => server.close({ drainTimeoutMs: 0 }))

    const onUnhandled = (reason: unknown) => void log.push(`UNHANDLED ${String(reason)}`)
    before(() => process.on('unhandledRejection', onUnhandled))
    after(() => process.off('unhandledRejection', onUnhandled))

    const keep: Logger['error'] = (message, error) => void log.push(`${message} ${texts(error)}`)
    const logger: Logger = { debug() {}, info() {}, warn: keep, error: keep }

    for (const { callback, options, map, act, sees, logs = callback, ways: possible = everyWay } of rows)
      for (const way of possible)
        it(`${callback} ${way}: that one fails, and everybody else goes on`, async () => {
          log = []
          isFailing = false
          const whileFailing: Callback =
            good =>
            (...args) =>
              isFailing ? (ways[way]() as ReturnType<typeof good>) : good(...args)
          const { authorize, ...others } = options(whileFailing)
          server = createServer({ logger, host: createHost(), policies, ...others })
          server.mapHub('/hub', EchoHub, authorize === undefined ? {} : { authorize })
          map?.(server, whileFailing)
          const { port } = await server.listen(0)
          const neighbour = (await RawHubClient.open(port)).client!

          isFailing = true
          const seen = await act(port)
          for (let turns = 0; log.length === 0 && turns < 1_000; turns++) await new Promise(setImmediate)
          isFailing = false

          expect(seen).to.deep.equal(sees)
          expect(log.join('\n')).to.include(logs).and.not.include('UNHANDLED')
          expect(await neighbour.invoke('echo', 'b')).to.include({ result: 'b' })
          expect(await call('echo', 'c')(port)).to.equal('c')
          neighbour.vanish()
        })

    for (const way of failing)
      it(`the logger ${way}: nobody notices`, async () => {
        log = []
        const bad = ways[way] as () => undefined
        server = createServer({
          logger: { debug: bad, info: bad, warn: bad, error: bad },
          host: createHost(),
          policies,
        })
        server.mapHub('/hub', EchoHub)
        const { port } = await server.listen(0)
        const { client } = await RawHubClient.open(port)

        expect(await client!.invoke('fail')).to.include({ error: failedCall('fail') })
        expect(await client!.invoke('echo', 'a')).to.include({ result: 'a' })
        await new Promise(setImmediate)
        expect(log).to.deep.equal([])
        client!.vanish()
      })
  })

/** The texts of an error and of what caused it. */
function texts(error: unknown): string {
  return error instanceof Error ? `${error.message} ${texts(error.cause)}` : String(error ?? '')
}
