import type { Host } from '@signalbox/connections'

/** Where hosts rightly differ; the users' side of each is in docs/deviations.md, "By the host". */
export interface HostTraits {
  /** Whether it can stop reading a WebSocket, so that the client has to wait. */
  readonly canPause: boolean
  /** The code with which it answers a client's close frame: that of the client, or 1000 as Kestrel does. */
  readonly answersCloseWith: 'the code of the client' | 1000
}

/** Makes a fresh host. Every host has this option, and the same default of 1 MiB. */
export type HostFactory = (options?: { maximumWebSocketMessageBytes: number }) => Host
