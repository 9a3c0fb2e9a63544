import { HubProtocolError, isDotNetTime, notADotNetTime, PreciseDate } from '@signalbox/protocol'
import { type MessagePackReader, unexpectedCode } from './messagepack-reader.js'
import type { MessagePackWriter } from './messagepack-writer.js'

const timestampType = -1
const twoPow32 = 0x1_0000_0000
const nanosecondsOfATick = 100

/**
 * Reads a time: a `Date`, and a `PreciseDate` where it has ticks beyond the millisecond. The timestamp is the only
 * extension of the hub protocol; .NET refuses any other too, even where it takes any object.
 * @throws HubProtocolError for a time that .NET does not have.
 * @source msgpack/msgpack: spec.md, "Timestamp extension type"; MessagePack-CSharp:
 * src/MessagePack/MessagePackReader.cs
 */
export function readTimestamp(reader: MessagePackReader, code: number): Date {
  const data = reader.extension(code, timestampType)
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  switch (data.length) {
    case 4:
      return dateOf(view.getUint32(0), 0)
    case 8: {
      // 30 bits of nanoseconds, then 34 of seconds.
      const high = view.getUint32(0)
      return dateOf((high & 3) * twoPow32 + view.getUint32(4), high >>> 2)
    }
    case 12:
      return dateOf(view.getInt32(4) * twoPow32 + view.getUint32(8), view.getUint32(0))
    default:
      throw unexpectedCode(code)
  }
}

function dateOf(seconds: number, nanoseconds: number): Date {
  const milliseconds = seconds * 1000 + Math.floor(nanoseconds / 1_000_000)
  if (!isDotNetTime(milliseconds)) {
    const text = 'The added or subtracted value results in an un-representable DateTime.'
    throw new HubProtocolError(text, 'ArgumentOutOfRangeException')
  }
  const ticks = Math.floor((nanoseconds % 1_000_000) / nanosecondsOfATick)
  return ticks === 0 ? new Date(milliseconds) : new PreciseDate(milliseconds, ticks)
}

/**
 * Writes a time in the shortest of the three formats, an invalid date as nil, as in JSON.
 * @throws RangeError for a time that .NET does not have.
 */
export function writeTimestamp(writer: MessagePackWriter, date: Date): void {
  const time = date.getTime()
  if (Number.isNaN(time)) return writer.writeNil()
  if (!isDotNetTime(time)) throw notADotNetTime(date)
  const ticks = date instanceof PreciseDate ? date.ticks : 0
  const seconds = Math.floor(time / 1000)
  const nanoseconds = (time - seconds * 1000) * 1_000_000 + ticks * nanosecondsOfATick
  writer.writeTimestamp(timestampType, seconds, nanoseconds)
}
