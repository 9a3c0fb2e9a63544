import type { ProtocolName } from '../clients/client-kinds.js'

/** A client on `/bench` of one server. To `Ask(n)` it answers 2n, but see `unlucky` and `leaveNow`. */
export interface ClusterClient {
  readonly connectionId: string
  invoke<T = unknown>(method: string, ...args: readonly unknown[]): Promise<T>
  /** Resolves when this has arrived. */
  hears(text: string): Promise<void>
  /** All that has arrived, and all that is under way to it from its own server. */
  allMessages(): Promise<readonly string[]>
  stop(): Promise<void>
}

/** `Ask` with this number fails with the error `unlucky`. */
export const unlucky = 13

/** `Ask` with this number is not answered: the client leaves. */
export const leaveNow = -1

/** Microsoft's client in one of its languages. */
export type ClientLanguage = 'JavaScript' | '.NET'

export interface ClusterClientKind {
  readonly language: ClientLanguage
  readonly protocol: ProtocolName
}

/** Texts that nobody has sent before. */
let count = 0
export const newText = (what: string): string => `${what} ${++count}`
