import * as signalR10 from '@microsoft/signalr'
import * as signalR8 from 'signalr-8'
import * as signalR9 from 'signalr-9'

export type SignalR = typeof signalR10

export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling'

/** A client that people use: a generation of Microsoft's JavaScript client on one transport. */
export interface ClientKind {
  readonly title: string
  readonly generation: number
  readonly signalR: SignalR
  readonly transport: TransportName
}

/** Their types differ in private members only. */
const generations = [
  [10, signalR10],
  [9, signalR9 as unknown as SignalR],
  [8, signalR8 as unknown as SignalR],
] as const

export const transports: readonly TransportName[] = ['WebSockets', 'ServerSentEvents', 'LongPolling']

export const clientKinds: readonly ClientKind[] = generations.flatMap(([generation, signalR]) =>
  transports.map(transport => ({
    title: `the JavaScript client ${generation} over ${transport}`,
    generation,
    signalR,
    transport,
  })),
)

/** One client per transport, for what does not depend on the generation. */
export const newestClientKinds: readonly ClientKind[] = clientKinds.filter(kind => kind.generation === 10)

export const newestOver = (transport: TransportName): ClientKind =>
  newestClientKinds.find(kind => kind.transport === transport)!
