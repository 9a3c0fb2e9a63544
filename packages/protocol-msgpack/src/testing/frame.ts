/** The bytes of one message, from the hexadecimal of its body; its length is put in front. */
export function frame(hex: string): Buffer {
  return frameBytes(bytesOf(hex))
}

export function frameBytes(body: Uint8Array): Buffer {
  const prefix: number[] = []
  let rest = body.length
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) prefix.push((rest % 0x80) + 0x80)
  return Buffer.concat([Buffer.from([...prefix, rest]), body])
}

/** @param hex - white space is left out. */
export function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex')
}
