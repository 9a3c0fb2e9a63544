import type { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'
import * as ws from 'ws'

interface FrameEvents {
  /** One whole message. */
  message: [payload: Buffer]
  ping: [payload: Buffer]
  /** The peer's close frame. */
  conclude: []
  error: [error: Error & { readonly code?: string }]
}

/** The parser of ws, fed with what a client sends: frames, fragments, masks, UTF-8, and what the peer does wrong. */
export type FrameReceiver = Writable & EventEmitter<FrameEvents>

/** ws exports it, its types leave it out. */
const { Receiver } = ws as unknown as {
  readonly Receiver: new (options: {
    readonly isServer: boolean
    readonly maxPayload: number
    readonly skipUTF8Validation: boolean
  }) => FrameReceiver
}

export const createFrameReceiver = (maxPayload: number): FrameReceiver =>
  new Receiver({ isServer: true, maxPayload, skipUTF8Validation: false })

/** The code for the close frame that answers an error of the receiver; undefined where a cut is the answer. */
export function closeCodeFor(code: string | undefined): number | undefined {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return undefined
  return code === 'WS_ERR_INVALID_UTF8' ? 1007 : 1002
}
