import { ConfigurationError, type RecurringLog, withDefaults } from '@signalbox/abstractions'
import { checkOptions } from '../options/check-options.js'
import { RequestBodyError } from './incoming-request.js'
import type { HttpMethod } from './method-table.js'
import {
  answerRequest,
  checkedMethods,
  type MapRequestOptions,
  mapRequestOptionTable,
  type RequestHandler,
} from './request-handler.js'
import type { Router } from './router.js'

/**
 * The handlers of plain requests, of the application and of extensions, and those of their answers that are under way.
 */
export class RequestHandlers {
  readonly #router: Router
  readonly #recurringLog: RecurringLog
  readonly #answers = new Set<Promise<void>>()

  constructor(router: Router, recurringLog: RecurringLog) {
    this.#router = router
    this.#recurringLog = recurringLog
  }

  /**
   * @param method - undefined for any.
   * @param owner - the extension it belongs to, for the log.
   * @throws ConfigurationError when the path or method is none, or taken, or the handler no function.
   */
  map(
    method: HttpMethod | readonly HttpMethod[] | undefined,
    path: string,
    handler: RequestHandler,
    options: MapRequestOptions,
    owner?: string,
  ): void {
    const methods = method === undefined ? undefined : checkedMethods(method)
    if (typeof handler !== 'function')
      throw new ConfigurationError('handler', `mapRequest('${String(path)}') needs a function that answers.`)
    checkOptions('mapRequest', options)
    const maximumBodyBytes = withDefaults(mapRequestOptionTable, options).maximumRequestBodySizeBytes
    const what = owner === undefined ? path : `${path}, a route of the extension '${owner}',`
    const onFailure = (error: unknown) => this.#onFailure(path, what, error)
    this.#router.mapRequest(path, methods, exchange => {
      const answered = answerRequest(exchange, handler, maximumBodyBytes, onFailure)
      if (answered === undefined) return
      this.#answers.add(answered)
      void answered.finally(() => this.#answers.delete(answered))
    })
  }

  /** Resolves when the plain requests that are here have been answered. */
  async answered(): Promise<void> {
    await Promise.all(this.#answers)
  }

  #onFailure(path: string, what: string, error: unknown): void {
    if (!(error instanceof RequestBodyError))
      this.#recurringLog.error(`requestHandlerFailed ${path}`, `The request handler of ${what} failed.`, error)
    else if (error.status === 413)
      this.#recurringLog.warn('bodyTooLarge', `A request to ${path} is refused: ${error.message}`)
    else this.#recurringLog.debug('bodyRefused', `A request to ${path} is refused: ${error.message}`)
  }
}
