export const opcodes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
export type Opcode = (typeof opcodes)[keyof typeof opcodes]

/** @source RFC 6455, section 5.2: final, not masked. */
export function writeFrame(opcode: Opcode, payload: Uint8Array): Buffer {
  const { length } = payload
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(start + length)
  frame[0] = 0x80 | opcode
  if (start === 2) frame[1] = length
  else if (start === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 0x1_0000_0000), 2)
    frame.writeUInt32BE(length >>> 0, 6)
  }
  frame.set(payload, start)
  return frame
}

/** A close frame with an empty reason. */
export function writeCloseFrame(code: number): Buffer {
  return writeFrame(opcodes.close, Uint8Array.of(code >> 8, code & 0xff))
}

let latestPayload: Uint8Array | undefined
let latestOpcode: Opcode | undefined
let latestFrame: Buffer | undefined

/** Only as long as the current task: whoever owns the payload may change it afterwards. */
function forgetLatest(): void {
  latestPayload = undefined
  latestFrame = undefined
}

/** The frame of a message; the receivers of a broadcast, who are sent the same array one after another, share it. */
export function writeMessageFrame(opcode: Opcode, payload: Uint8Array): Buffer {
  if (latestFrame !== undefined && latestPayload === payload && latestOpcode === opcode) return latestFrame
  if (latestFrame === undefined) queueMicrotask(forgetLatest)
  latestPayload = payload
  latestOpcode = opcode
  latestFrame = writeFrame(opcode, payload)
  return latestFrame
}
