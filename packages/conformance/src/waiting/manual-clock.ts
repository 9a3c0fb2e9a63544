import type { Clock } from '@signalbox/abstractions'

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #now = 1_000_000

  now(): number {
    return this.#now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
}
