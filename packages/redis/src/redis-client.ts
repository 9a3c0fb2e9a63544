import { setTimeout } from 'node:timers/promises'
import { CallbackError, describeValue, plainResult } from '@signalbox/abstractions'
import { Redis, type RedisOptions } from 'ioredis'
import type { RedisCredentials, ResolvedRedisBackplaneOptions } from './redis-backplane-options.js'
import type { RedisClusterNodes } from './redis-cluster-nodes.js'

/** How long it waits after a failure before it asks for the credentials again. */
const retryDelayMs = 250

/** One connection to Redis, that connects again by itself. */
export function createClient(options: ResolvedRedisBackplaneOptions, nodes: RedisClusterNodes | undefined): Redis {
  const { redis, credentials } = options
  const url = nodes === undefined ? options.url : undefined
  const report = (error: CallbackError) => client.emit('error', error)
  const own = { ...redis, ...guarded(redis, report), replyMapping: 'legacy' as const, ...nodes?.next() }
  let client: Redis
  if (credentials !== undefined) client = new RedisWithCredentials(url, own, credentials, options.sendTimeoutMs)
  else client = url === undefined ? new Redis(own) : new Redis(url, own)
  // Every node of a cluster will do; after a loss it is the next one's turn. ioredis reads the address anew for each
  // attempt.
  if (nodes !== undefined) client.on('reconnecting', () => Object.assign(client.options, nodes.next()))
  return client
}

/** The functions that ioredis calls from its event handlers, where what they throw would end the process. */
function guarded(
  { retryStrategy, reconnectOnError }: RedisOptions,
  report: (error: CallbackError) => void,
): Pick<RedisOptions, 'retryStrategy' | 'reconnectOnError'> {
  const guard = <TInput, TResult>(name: string, call: (input: TInput) => TResult, fallback: TResult) => {
    return (input: TInput): TResult => {
      try {
        return plainResult(`redis.${name}`, call(input), isPlain, 'a plain value')
      } catch (error) {
        report(new CallbackError(`redis.${name}`, error))
        return fallback
      }
    }
  }
  return {
    ...(retryStrategy && { retryStrategy: guard('retryStrategy', retryStrategy, retryDelayMs) }),
    ...(reconnectOnError && { reconnectOnError: guard('reconnectOnError', reconnectOnError, false) }),
  }
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

type AskForCredentials = NonNullable<ResolvedRedisBackplaneOptions['credentials']>

/** A connection that asks for user and password before each attempt to connect. */
class RedisWithCredentials extends Redis {
  readonly #ask: AskForCredentials
  readonly #timeoutMs: number
  #isOver = false

  constructor(url: string | undefined, options: RedisOptions, ask: AskForCredentials, timeoutMs: number) {
    // The constructor of ioredis would connect before there is anything to ask. It takes undefined for a URL, its types
    // do not say so.
    super(url as string, { ...options, replyMapping: 'legacy', lazyConnect: true })
    this.#ask = ask
    this.#timeoutMs = timeoutMs
    queueMicrotask(() => this.connect().catch(() => {})) // by then somebody hears of errors
  }

  override async connect(): Promise<void> {
    while (!this.#isOver) {
      try {
        const { username, password } = checkedCredentials(await within(this.#timeoutMs, this.#ask()))
        Object.assign(this.options, { username: username ?? null, password })
        break
      } catch (error) {
        this.emit('error', new CallbackError('credentials', error))
        await setTimeout(retryDelayMs)
      }
    }
    if (!this.#isOver) await super.connect()
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) this.#isOver = true
    super.disconnect(reconnect)
  }
}

/** An answer of another type would be sent to Redis as it is, and refused without a reason. */
function checkedCredentials(answer: unknown): RedisCredentials {
  const { username, password } = (answer ?? {}) as Partial<RedisCredentials>
  if (typeof password === 'string' && (username == null || typeof username === 'string'))
    return answer as RedisCredentials
  const got = describeValue(typeof answer === 'object' && answer !== null ? password : answer)
  throw new TypeError(`credentials must return { username, password } with two texts, but returned ${got}.`)
}

/** A promise that never resolves would keep it from connecting for ever, without a word. */
async function within<T>(timeoutMs: number, answer: T | Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = setTimeout(timeoutMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`There was no answer within ${timeoutMs} ms.`)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    late.catch(() => {})
    over.abort()
  }
}
