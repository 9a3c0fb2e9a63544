/**
 * The first and the last millisecond of a DateTime, 0001-01-01 and 9999-12-31: .NET has no time before or behind them.
 */
const firstMillisecond = -62_135_596_800_000
const lastMillisecond = 253_402_300_799_999

/** Whether .NET has this time. @param milliseconds - since 1970; NaN is no time. */
export const isDotNetTime = (milliseconds: number): boolean =>
  milliseconds >= firstMillisecond && milliseconds <= lastMillisecond

/** For a `Date` that is to be written: the send fails, rather than the whole message at its receiver. */
export function notADotNetTime(date: Date): RangeError {
  return new RangeError(
    `${Date.prototype.toISOString.call(date)} cannot be sent: the times of .NET are those of the years 1 to 9999.`,
  )
}

/**
 * A time as System.Text.Json writes a DateTime that is UTC: a fraction without trailing zeros, and none where it is
 * zero.
 * @param ticks - of 100 ns beyond the millisecond.
 * @returns null for an invalid date, as `Date.prototype.toJSON` does.
 * @throws RangeError for a time that .NET does not have.
 */
export function dateText(date: Date, ticks = 0): string | null {
  const time = date.getTime()
  if (Number.isNaN(time)) return null
  if (!isDotNetTime(time)) throw notADotNetTime(date)
  const text = Date.prototype.toISOString.call(date)
  const digits = text.slice(20, 23) + (ticks === 0 ? '' : String(ticks).padStart(4, '0'))
  const fraction = digits.replace(/0+$/, '')
  return fraction === '' ? `${text.slice(0, 19)}Z` : `${text.slice(0, 20)}${fraction}Z`
}
