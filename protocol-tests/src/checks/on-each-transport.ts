import { type CheckOptions, check } from '../check.js'
import { allTransports, type TransportName } from '../drivers/transport.js'
import type { ServerUnderTest } from '../server-under-test.js'

/** Server-sent events carry text only. */
export const binaryTransports: readonly TransportName[] = ['WebSockets', 'LongPolling']

type RunOnTransport = (server: ServerUnderTest, transport: TransportName) => Promise<void>

interface OptionsOnTransports extends Omit<CheckOptions, 'deviation'> {
  readonly transports?: readonly TransportName[]
  readonly deviation?: { readonly key: string; readonly run: RunOnTransport } | undefined
}

/** The same check once for each transport: the hub protocol must not notice what carries it. */
export function checkOnEachTransport(
  area: string,
  name: string,
  options: OptionsOnTransports,
  run: RunOnTransport,
): void {
  const { transports = allTransports, deviation, ...others } = options
  for (const transport of transports) {
    const checkOptions = deviation
      ? {
          ...others,
          deviation: { key: deviation.key, run: (server: ServerUnderTest) => deviation.run(server, transport) },
        }
      : others
    check(area, `${name}, over ${transport}`, checkOptions, server => run(server, transport))
  }
}
