/** Monotonic time, so that tests can turn it by hand. */
export interface Clock {
  /**
   * Whole milliseconds since some fixed moment; never goes back. Whole, because V8 stores a fraction as an object of
   * its own.
   */
  now(): number
}

export const systemClock: Clock = { now: () => Math.floor(performance.now()) }
