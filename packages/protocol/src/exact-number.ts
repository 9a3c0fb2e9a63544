/**
 * An Int128, the longest integer .NET has, with its sign. What is longer is no integer to it, and takes long to read.
 */
const longestInteger = 40

/** From here on an integer may have digits that a number does not keep. */
export const digitsInDoubt = 16

/**
 * The value of a JSON number. An integer that a number would not give back digit for digit is a bigint; those that
 * JavaScript writes are given back, rounded as they are. Everything else is a number, as in `JSON.parse`.
 */
export function exactNumber(literal: string): number | bigint {
  const number = Number(literal)
  if (literal.length < digitsInDoubt || literal.length > longestInteger) return number
  return !/[.eE]/.test(literal) && String(number) !== literal ? BigInt(literal) : number
}
