import {
  ConfigurationError,
  isPromiseLike,
  numberFrom,
  type OptionTable,
  type RouteParams,
} from '@signalbox/abstractions'
import { type HttpExchange, type HttpResponse, notFound } from '@signalbox/connections'
import { ExchangeRequest, type IncomingRequest, RequestBodyError } from './incoming-request.js'
import { type HttpMethod, httpMethods } from './method-table.js'

/** Answers a plain HTTP request; undefined is 404. */
export type RequestHandler<TParams extends RouteParams = RouteParams> = (
  request: IncomingRequest<TParams>,
) => HttpResponse | undefined | Promise<HttpResponse | undefined>

export interface MapRequestOptions {
  /** Largest body of a request; a larger one is answered 413. Default 1,048,576 bytes. .NET: MaxRequestBodySize. */
  maximumRequestBodySizeBytes?: number
}

export const mapRequestOptionTable = {
  maximumRequestBodySizeBytes: {
    takes: numberFrom(0),
    doc: 'Largest body of a request; a larger one is answered 413.',
    default: 1_048_576,
    dotNetName: 'MaxRequestBodySize',
  },
} satisfies OptionTable<MapRequestOptions>

/** @throws ConfigurationError for what is no method that requests have. */
export function checkedMethods(methods: HttpMethod | readonly HttpMethod[]): readonly HttpMethod[] {
  const list: readonly unknown[] = Array.isArray(methods) ? methods : [methods]
  const wrong = list.find(method => !(httpMethods as readonly unknown[]).includes(method))
  if (wrong === undefined && list.length > 0) return list as readonly HttpMethod[]
  throw new ConfigurationError('method', `The method '${String(wrong)}' is none of ${httpMethods.join(', ')}.`)
}

/**
 * Has a handler answer a request. What is wrong with a body is the client's fault: its status and why. Everything else
 * that fails is the application's: 500 without details.
 * @returns what resolves once it is answered; undefined when it has been.
 */
export function answerRequest(
  exchange: HttpExchange,
  handler: RequestHandler,
  maximumBodyBytes: number,
  onFailure: (error: unknown) => void,
): Promise<void> | undefined {
  const fail = (error: unknown) => {
    onFailure(error)
    if (!(error instanceof RequestBodyError)) exchange.respond({ status: 500 })
    else exchange.respond({ status: error.status, headers: { 'Content-Type': 'text/plain' }, body: error.message })
  }
  const respond = (response: HttpResponse | undefined) => exchange.respond(checkResponse(response ?? notFound))
  try {
    const response = handler(new ExchangeRequest(exchange, maximumBodyBytes))
    if (isPromiseLike(response)) return Promise.resolve(response).then(respond).catch(fail)
    respond(response)
  } catch (error) {
    fail(error)
  }
  return undefined
}

/**
 * What a handler of the application answers goes onto the wire as it is, so it is looked at before: a line break in a
 * header would end it and begin another one of the sender's choice.
 * @throws TypeError that names what is wrong.
 */
export function checkResponse(response: HttpResponse): HttpResponse {
  const { status, body } = response
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new TypeError(`${status} is no HTTP status.`)
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('A body must be a string or a Uint8Array.')
  checkHeaders(response.headers)
  return response
}

/** @throws TypeError that names the header. */
export function checkHeaders(headers: HttpResponse['headers']): HttpResponse['headers'] {
  for (const [name, value] of Object.entries(headers ?? {})) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !values.every(isHeaderValue))
      throw new TypeError(`The header ${JSON.stringify(name)} has a name or a value that no header can have.`)
  }
  return headers
}

/** Visible ASCII, blanks and tabs, as Kestrel has it: the hosts would send any other sign as it is, or never answer. */
const isHeaderValue = (value: unknown): boolean => typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)
