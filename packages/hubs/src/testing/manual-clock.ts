import type { Clock } from '@signalbox/abstractions'

/** Time that stands until it is moved. */
export class ManualClock implements Clock {
  #now = 1_000

  now(): number {
    return this.#now
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }
}
