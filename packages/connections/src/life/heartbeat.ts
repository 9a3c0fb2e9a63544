import { url as inspectorUrl } from 'node:inspector'
import type { Clock, RecurringLog } from '@signalbox/abstractions'

const intervalMs = 1000
/** Later than this, the event loop was busy, and what clients have sent meanwhile has not been read. */
const lateMs = 1500

/**
 * The one timer behind all time-outs. It says whether silence means anything: a beat that is late itself gives the
 * sockets their turn first, and while a debugger is attached nobody is timed out. @source Debugger.IsAttached in
 * HttpConnectionManager, HubConnectionContext
 */
export class Heartbeat {
  readonly #clock: Clock
  readonly #beat: (mayTimeOut: boolean) => void
  readonly #log: RecurringLog
  #timer: NodeJS.Timeout | undefined
  #lastTickAt = 0
  #wasLate = false

  constructor(clock: Clock, beat: (mayTimeOut: boolean) => void, log: RecurringLog) {
    this.#clock = clock
    this.#beat = beat
    this.#log = log
  }

  get isRunning(): boolean {
    return this.#timer !== undefined
  }

  start(): void {
    if (this.#timer !== undefined) return
    this.#lastTickAt = this.#clock.now()
    this.#timer = setInterval(() => this.tick(), intervalMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  tick(): void {
    const now = this.#clock.now()
    // Between two ticks sockets are read, so of two late ones the second may decide: a process that is always late has
    // time-outs too.
    const isLate = now - this.#lastTickAt > lateMs && !this.#wasLate
    this.#lastTickAt = now
    this.#wasLate = isLate
    this.#beat(!isLate && !this.#isDebugged())
  }

  #isDebugged(): boolean {
    if (inspectorUrl() === undefined) return false
    this.#log.warn('debuggerAttached', 'No client is timed out as long as the inspector of this process is open.')
    return true
  }
}
