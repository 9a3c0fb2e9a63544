/**
 * Text from outside, made fit for a log line or an error: one line, nothing invisible, and never longer than it is
 * useful. A client that chooses a connection id with a line break in it would otherwise write log lines of its own.
 * @param maximumLength - UTF-16 units kept of the text; what is longer ends with `…`. Default 100.
 */
export function printable(text: string, maximumLength = 100): string {
  const kept = text.length > maximumLength ? `${text.slice(0, maximumLength)}…` : text
  return kept.replace(invisible, asEscape)
}

/**
 * Control and format characters (bidirectional overrides among them), lone surrogates, and separators of lines and
 * paragraphs.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

function asEscape(sign: string): string {
  const code = sign.codePointAt(0) as number
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}
