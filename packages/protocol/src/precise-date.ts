import { dateText } from './date-text.js'

/**
 * A time of .NET, which counts in ticks of 100 ns: a `Date`, and the ticks beyond its millisecond. A time of
 * MessagePack that has such ticks is read as one, so that passing it on loses none. They belong to the time it was made
 * with: where it is set to another, they are gone.
 * @source docs/values.md
 */
export class PreciseDate extends Date {
  readonly #time: number
  readonly #ticks: number

  /**
   * @param milliseconds - since 1970, UTC, as `Date` takes them.
   * @param ticks - of 100 ns beyond the millisecond, 0 to 9999.
   * @throws RangeError when `ticks` is no such number.
   */
  constructor(milliseconds: number, ticks: number) {
    if (!Number.isInteger(ticks) || ticks < 0 || ticks > 9999)
      throw new RangeError(`A millisecond has 10,000 ticks, 0 to 9999, and ${ticks} is none of them.`)
    super(milliseconds)
    this.#time = this.getTime()
    this.#ticks = ticks
  }

  /** Ticks of 100 ns beyond the millisecond. */
  get ticks(): number {
    return this.getTime() === this.#time ? this.#ticks : 0
  }

  /** With all digits, as .NET writes it. */
  override toJSON(): string {
    return dateText(this, this.ticks) as string
  }
}
