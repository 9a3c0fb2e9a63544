/** A client whose methods are not known: any may be called with anything. */
// biome-ignore lint/suspicious/noExplicitAny: what an untyped client takes is not known
export type UntypedClient = Record<string, (...args: any[]) => any>

// biome-ignore lint/suspicious/noExplicitAny: matches a method of any parameters
type AnyMethod = (...args: any[]) => any

/**
 * What can be called on clients: each method sends an invocation of its name, written exactly as here.
 * The promise resolves once the message is on its way, and rejects when an argument cannot be serialized or a backplane
 * is out of reach; a rejection that nobody awaits is logged and harms nothing.
 */
export type ClientProxy<TClient extends object> = {
  readonly [K in keyof TClient as TClient[K] extends AnyMethod ? K : never]: TClient[K] extends AnyMethod
    ? (...args: Parameters<TClient[K]>) => Promise<void>
    : never
}

/** What a single client can be asked: its methods that return something; the promise is the client's answer. */
export type ClientResultProxy<TClient extends object> = {
  readonly [K in keyof TClient as TClient[K] extends AnyMethod ? K : never]: TClient[K] extends AnyMethod
    ? (...args: Parameters<TClient[K]>) => Promise<Awaited<ReturnType<TClient[K]>>>
    : never
}

export interface InvokeOptions {
  /** Gives up waiting; there is no time-out without one. `AbortSignal.timeout(ms)` makes one. */
  readonly signal?: AbortSignal
}

/**
 * One client: it can be sent to, and asked. A client method named `invoke` or `invokeWith` cannot be reached here;
 * `clients([id])` reaches it. An answer rejects with HubException for the client's error or a fired signal, and when
 * the client is not there or leaves.
 */
export type SingleClientProxy<TClient extends object> = Omit<ClientProxy<TClient>, 'invoke' | 'invokeWith'> & {
  /** Calls a client method and waits for its result, without a time-out. @source ISingleClientProxy.InvokeAsync */
  readonly invoke: ClientResultProxy<TClient>
  invokeWith(options: InvokeOptions): ClientResultProxy<TClient>
}

/** How a proxy sends; answers synchronously when nothing has to be waited for. */
export type SendInvocation = (target: string, args: readonly unknown[]) => void | Promise<void>

export type AskClient = (target: string, args: readonly unknown[], signal: AbortSignal | undefined) => Promise<unknown>

export type ReportSendFailure = (target: string, error: unknown) => void

/** Shared by every send that has nothing to wait for. */
const done = Promise.resolve()

export function createClientProxy<TClient extends object>(
  send: SendInvocation,
  reportFailure: ReportSendFailure,
): ClientProxy<TClient> {
  return methodProxy(
    target =>
      (...args) =>
        sendSafely(send, target, args, reportFailure),
  ) as ClientProxy<TClient>
}

export function createSingleClientProxy<TClient extends object>(
  send: SendInvocation,
  reportFailure: ReportSendFailure,
  ask: AskClient,
): SingleClientProxy<TClient> {
  const asking = (signal: AbortSignal | undefined) =>
    methodProxy(target => (...args) => {
      const answer = ask(target, args, signal)
      answer.catch(() => {}) // whoever awaits it still gets the rejection; nobody else must end the process by it
      return answer
    })
  let invoke: unknown
  return methodProxy(
    target =>
      (...args) =>
        sendSafely(send, target, args, reportFailure),
    {
      get invoke() {
        invoke ??= asking(undefined)
        return invoke
      },
      invokeWith: (options: InvokeOptions) => asking(options.signal),
    },
  ) as SingleClientProxy<TClient>
}

/** An object that has every method: made when first asked for, then kept. */
function methodProxy(
  createMethod: (name: string) => (...args: unknown[]) => Promise<unknown>,
  own: Record<string, unknown> = {},
): unknown {
  const methods: Record<string, unknown> = Object.create(null)
  return new Proxy(methods, {
    get(_, name) {
      // A promise that resolves to a proxy asks it for `then`: it must not look like a promise itself.
      if (typeof name === 'symbol' || name === 'then') return undefined
      if (Object.hasOwn(own, name)) return own[name]
      methods[name] ??= createMethod(name)
      return methods[name]
    },
  })
}

function sendSafely(
  send: SendInvocation,
  target: string,
  args: readonly unknown[],
  reportFailure: ReportSendFailure,
): Promise<void> {
  let sent: void | Promise<void>
  try {
    sent = send(target, args)
  } catch (error) {
    sent = Promise.reject(error)
  }
  if (sent === undefined) return done
  // Whoever awaits still gets the rejection; whoever does not must not end the process by it.
  sent.catch(error => reportFailure(target, error))
  return sent
}
