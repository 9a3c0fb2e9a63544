/** Monotonic time, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  now(): number
}

export const systemClock: Clock = { now: () => performance.now() }
