/**
 * The framing of Server-Sent Events.
 * @source ServerSentEventsMessageFormatter.cs; seen on ASP.NET Core 10.0.12
 */

/** A comment, sent at once: without a first byte Firefox does not fire `open`. No blank line follows it. */
export const eventStreamPrologue: Uint8Array = Buffer.from(':\r\n')

/** The same between two events, where a host needs bytes that mean nothing. */
export const eventStreamFiller = eventStreamPrologue

const dataPrefix = Buffer.from('data: ')
const lineEnd = Buffer.from('\r\n')
const lineFeed = 0x0a
const carriageReturn = 0x0d

/** One event: every line of the payload behind `data: `, then an empty line. A lone CR does not end a line. */
export function writeEvent(payload: Uint8Array): Uint8Array {
  if (payload.length === 0) return lineEnd
  if (!payload.includes(lineFeed)) return Buffer.concat([dataPrefix, payload, lineEnd, lineEnd])
  const parts: Uint8Array[] = []
  for (let start = 0; start <= payload.length; ) {
    const feed = payload.indexOf(lineFeed, start)
    let end = feed < 0 ? payload.length : feed
    // The CR of CR LF belongs to the line end, unless the line is nothing but that CR.
    if (feed > start + 1 && payload[feed - 1] === carriageReturn) end--
    parts.push(dataPrefix, payload.subarray(start, end), lineEnd)
    if (feed < 0) break
    start = feed + 1
  }
  parts.push(lineEnd)
  return Buffer.concat(parts)
}

/**
 * Whether an Accept header asks for an event stream. Parameters, even `q=1.0`, make it something else, and wildcards do
 * not count.
 * @source HttpConnectionDispatcher.ExecuteAsync; seen on ASP.NET Core 10.0.12
 */
export const acceptsEventStream = (accept: string | undefined): boolean =>
  accept?.split(',').some(type => type.trim().toLowerCase() === 'text/event-stream') === true
