import { type CheckOptions, check } from '../check.js'
import { allTransports, type TransportName } from '../drivers/transport.js'
import type { ServerUnderTest } from '../server-under-test.js'

/** Server-sent events carry text only. */
export const binaryTransports: readonly TransportName[] = ['WebSockets', 'LongPolling']

/** The same check once for each transport: the hub protocol must not notice what carries it. */
export function checkOnEachTransport(
  area: string,
  name: string,
  options: CheckOptions & { readonly transports?: readonly TransportName[] },
  run: (server: ServerUnderTest, transport: TransportName) => Promise<void>,
): void {
  const { transports = allTransports, ...checkOptions } = options
  for (const transport of transports) {
    check(area, `${name}, over ${transport}`, checkOptions, server => run(server, transport))
  }
}
