import type { OutgoingMessage, ProtocolName } from '../drivers/hub-connection.js'
import type { TransportName } from '../drivers/transport.js'
import type { ServerUnderTest } from '../server-under-test.js'
import { checkOnEachTransport } from './on-each-transport.js'

/** The messages that a payload brings, in order; in MessagePack framed and in hex. */
interface Outcome {
  readonly answers?: readonly OutgoingMessage[]
  /** These are the last messages: the connection ends behind them. */
  readonly ends?: true
}

/** One payload as it goes out, and what comes of it. */
export interface HubMessageVector extends Outcome {
  readonly what: string
  /** Default `/probe`. */
  readonly hub?: string
  /** JSON with `␞` for the record separator; MessagePack framed and in hex. */
  readonly send: string
  readonly deviation?: Outcome & { readonly key: string }
}

/** A check for each vector on each transport. */
export function checkVectors(
  area: string,
  vectors: readonly HubMessageVector[],
  protocol: ProtocolName,
  transports?: readonly TransportName[],
): void {
  for (const { what, hub = '/probe', send, deviation, ...outcome } of vectors) {
    const brings =
      ({ answers = [], ends }: Outcome) =>
      async (server: ServerUnderTest, transport: TransportName) => {
        const connection = await server.connect(hub, { transport, protocol })
        if (protocol === 'json') await connection.sendRaw(send.replaceAll('␞', '\x1e'))
        else await connection.sendHex(send)
        if (ends) return connection.expectEnd(...answers)
        await connection.expect(...answers)
        await connection.expectAliveAndSilent()
      }
    const options = {
      ...(transports && { transports }),
      deviation: deviation && { key: deviation.key, run: brings(deviation) },
    }
    checkOnEachTransport(area, what, options, brings(outcome))
  }
}
