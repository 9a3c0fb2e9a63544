import { type HttpRequest, printable, type RecurringLog } from '@signalbox/abstractions'
import type { HttpResponse } from './host/host-port.js'

/** Why a request goes no further. It is answered to the one who sent it, counted by its cause, and logged. */
export interface Refusal {
  readonly response: HttpResponse
  /** A name of the code, such as `originRefused`; docs/refusals.md lists them. */
  readonly cause: string
  /**
   * What is worth a warning: says why, and names the option to change and the value it has. Without one it is something
   * clients do in normal life, and only there at debug.
   */
  readonly reason?: string
  /** What the application's own code threw: then it is an error, not a warning. */
  readonly error?: unknown
}

/** One warning a minute for each cause. The path only: a query holds tokens. */
export function logRefusal(log: RecurringLog, request: HttpRequest, refusal: Refusal): void {
  const { response, cause, reason } = refusal
  const what = `A ${printable(request.method)} to ${printable(request.path)} was refused with ${response.status}`
  if (reason === undefined) log.debug(cause, `${what} (${cause}).`)
  else if ('error' in refusal) log.error(cause, `${what}: ${reason}`, refusal.error)
  else log.warn(cause, `${what}: ${reason}`)
}
