/**
 * Hubs mostly pass on what they received. A text that came off the wire without escapes and in ASCII goes back onto it
 * as it is, so the one read last is remembered: finding out again what is known would be a third of the cost of passing
 * on 16 KB.
 */
let lastPlainText: string | undefined

/** @param text - read from JSON without escapes, all of it ASCII. */
export function rememberPlainText(text: string): void {
  lastPlainText = text
}

/** Equal texts are the same text, so nothing but speed hangs on which one is remembered. */
export const isKnownPlainText = (text: string): boolean => text === lastPlainText
