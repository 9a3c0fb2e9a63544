import {
  createServer,
  type ExtendedServer,
  Hub,
  HubException,
  hubMethod,
  type ServerExtension,
  type SignalboxServer,
} from 'signalbox'

/** How often each key may do something in a period. */
class Budget {
  readonly #most: number
  readonly #periodMs: number
  readonly #used = new Map<string, number>()
  #since = Date.now()

  constructor(most: number, periodMs: number) {
    this.#most = most
    this.#periodMs = periodMs
  }

  take(key: string): boolean {
    if (Date.now() - this.#since >= this.#periodMs) {
      this.#used.clear()
      this.#since = Date.now()
    }
    const used = (this.#used.get(key) ?? 0) + 1
    this.#used.set(key, used)
    return used <= this.#most
  }
}

/** An address may begin so many connections a minute, a client make so many calls a minute: of methods that do not exist, too. */
export function rateLimits(connections: number, calls: number): ServerExtension {
  const ofAddresses = new Budget(connections, 60_000)
  const ofClients = new Budget(calls, 60_000)
  return {
    name: 'rateLimits',
    admitRequest({ path, remoteAddress }) {
      if (!path.endsWith('/negotiate') || ofAddresses.take(remoteAddress)) return undefined
      return { status: 429, headers: { 'Retry-After': '60' } }
    },
    admitMessage({ connectionId }, message) {
      if (!('target' in message) || ofClients.take(connectionId)) return 'pass'
      return { refuse: new HubException('Too many calls, try again in a minute.') }
    },
  }
}

/** Lists who is connected, and sends to the clients of a hub that is known by name only. */
export function admin(): ServerExtension {
  const users = new Map<string, string>()
  let server: ExtendedServer
  return {
    name: 'admin',
    start(started) {
      server = started
    },
    onConnected: ({ connectionId, userIdentifier }) => void users.set(connectionId, userIdentifier ?? 'nobody'),
    onDisconnected: ({ connectionId }) => void users.delete(connectionId),
    health: () => (users.size > 10_000 ? { status: 'Degraded', reason: 'It is crowded.' } : { status: 'Healthy' }),
    routes: [
      {
        method: 'GET',
        path: '/admin/connections',
        handler: () => ({ status: 200, body: JSON.stringify(Object.fromEntries(users)) }),
      },
      {
        method: 'POST',
        path: '/admin/hubs/:hub',
        async handler(request) {
          const hub = server.hubs.get(request.params['hub'] ?? '')
          await hub?.context.clients.all['announced']?.(await request.json())
          return hub && { status: 202 } // undefined is 404
        },
        maximumRequestBodySizeBytes: 10_000,
      },
      {
        method: 'GET',
        path: '/admin/health',
        handler: () => ({ status: server.isReady ? 200 : 503, body: JSON.stringify(server.health) }),
      },
    ],
  }
}

class ChatHub extends Hub {
  @hubMethod
  echo(text: string): string {
    return text
  }
}

export function createExtendedServer(): SignalboxServer {
  const server = createServer({ extensions: [rateLimits(3, 5), admin()] })
  server.mapHub('/chat', ChatHub)
  return server
}
