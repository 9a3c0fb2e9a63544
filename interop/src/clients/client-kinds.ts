import * as signalR10 from '@microsoft/signalr'
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack'
import * as signalR8 from 'signalr-8'
import * as signalR9 from 'signalr-9'

export type SignalR = typeof signalR10

export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling'

export type ProtocolName = 'json' | 'messagepack'

/** A client that people use: a generation of Microsoft's JavaScript client on one transport and protocol. */
export interface ClientKind {
  readonly title: string
  readonly generation: number
  readonly signalR: SignalR
  readonly transport: TransportName
  readonly protocol: ProtocolName
  createProtocol(): signalR10.IHubProtocol
}

/** Their types differ in private members only. */
const generations = [
  [10, signalR10],
  [9, signalR9 as unknown as SignalR],
  [8, signalR8 as unknown as SignalR],
] as const

export const transports: readonly TransportName[] = ['WebSockets', 'ServerSentEvents', 'LongPolling']

const jsonKinds: readonly ClientKind[] = generations.flatMap(([generation, signalR]) =>
  transports.map(transport => ({
    title: `the JavaScript client ${generation} over ${transport}`,
    generation,
    signalR,
    transport,
    protocol: 'json',
    createProtocol: () => new signalR.JsonHubProtocol(),
  })),
)

/**
 * In one generation only, as the package goes with the client of its version; and Server-Sent Events carry text only.
 */
const messagePackKinds: readonly ClientKind[] = (['WebSockets', 'LongPolling'] as const).map(transport => ({
  title: `the JavaScript client 10 over ${transport} with MessagePack`,
  generation: 10,
  signalR: signalR10,
  transport,
  protocol: 'messagepack',
  createProtocol: () => new MessagePackHubProtocol(),
}))

export const clientKinds: readonly ClientKind[] = [...jsonKinds, ...messagePackKinds]

/** One client per transport and protocol, for what does not depend on the generation. */
export const newestClientKinds: readonly ClientKind[] = clientKinds.filter(kind => kind.generation === 10)

/** With JSON. */
export const newestOver = (transport: TransportName): ClientKind =>
  newestClientKinds.find(kind => kind.transport === transport && kind.protocol === 'json')!
