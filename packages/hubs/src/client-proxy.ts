/** A client whose methods are not known: any may be called with anything. */
// biome-ignore lint/suspicious/noExplicitAny: what an untyped client takes is not known
export type UntypedClient = Record<string, (...args: any[]) => unknown>

// biome-ignore lint/suspicious/noExplicitAny: matches a method of any parameters
type AnyMethod = (...args: any[]) => unknown

/**
 * What can be called on clients: each method sends an invocation of its name, written exactly as here.
 * The promise resolves once the message is on its way, and rejects when an argument cannot be serialized or a backplane is out of reach; a
 * rejection that nobody awaits is logged and harms nothing.
 */
export type ClientProxy<TClient extends object> = {
  readonly [K in keyof TClient as TClient[K] extends AnyMethod ? K : never]: TClient[K] extends AnyMethod
    ? (...args: Parameters<TClient[K]>) => Promise<void>
    : never
}

/** How a proxy sends; answers synchronously when nothing has to be waited for. */
export type SendInvocation = (target: string, args: readonly unknown[]) => void | Promise<void>

export type ReportSendFailure = (target: string, error: unknown) => void

/** Shared by every send that has nothing to wait for. */
const done = Promise.resolve()

export function createClientProxy<TClient extends object>(
  send: SendInvocation,
  reportFailure: ReportSendFailure,
): ClientProxy<TClient> {
  const methods: Record<string, (...args: unknown[]) => Promise<void>> = Object.create(null)
  return new Proxy(methods, {
    get(_, target) {
      // A promise that resolves to a proxy asks it for `then`: it must not look like a promise itself.
      if (typeof target === 'symbol' || target === 'then') return undefined
      methods[target] ??= (...args) => sendSafely(send, target, args, reportFailure)
      return methods[target]
    },
  }) as unknown as ClientProxy<TClient>
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
