import {
  composeObservers,
  describeValue,
  type HttpRequest,
  isPromiseLike,
  type NamedObserver,
  plainResult,
  type RecurringLog,
  reportHookFailure,
} from '@signalbox/abstractions'
import {
  type ConnectionTelemetry,
  type HttpResponse,
  type NegotiateAnswer,
  requestFailed,
} from '@signalbox/connections'
import { checkResponse } from '../requests/request-handler.js'
import type { NegotiateTarget, ServerExtension } from './server-extension.js'

/** The gates of all extensions as one. Does not throw. */
export type RequestGate = (request: HttpRequest) => HttpResponse | undefined

/** The hooks `negotiate` of all extensions as one. Does not reject. */
export type Negotiate = (request: HttpRequest, target: NegotiateTarget) => Promise<NegotiateAnswer>

/** A part that several extensions have, each with the name of its extension. */
export const partsOf = <Part extends 'connections' | 'hubs'>(
  extensions: readonly ServerExtension[],
  part: Part,
): readonly NamedObserver<NonNullable<ServerExtension[Part]>>[] =>
  extensions.flatMap(extension => {
    const observer = extension[part]
    return observer === undefined ? [] : [{ name: extension.name, observer }]
  })

export function composeConnections(
  observers: readonly NamedObserver<ConnectionTelemetry>[],
  log: RecurringLog,
): ConnectionTelemetry | undefined {
  if (observers.length === 0) return undefined
  const compose = (hook: keyof ConnectionTelemetry) => {
    const composed = composeObservers(observers, hook, log)
    return composed === undefined ? {} : { [hook]: composed }
  }
  return { ...compose('onStarted'), ...compose('onStopped'), ...compose('onSlowClient') }
}

/** The first gate that answers decides; those behind it are not asked. */
export function composeRequestGates(
  extensions: readonly ServerExtension[],
  log: RecurringLog,
): RequestGate | undefined {
  const gates = extensions.filter(({ admitRequest }) => admitRequest !== undefined)
  if (gates.length === 0) return undefined
  return request => {
    for (const gate of gates) {
      try {
        const answer = plainResult(
          'admitRequest',
          gate.admitRequest!(request),
          isResponseOrNone,
          'an answer or undefined',
        )
        if (answer !== undefined) return checkResponse(answer)
      } catch (error) {
        reportHookFailure(log, gate.name, 'admitRequest', error)
        return requestFailed
      }
    }
    return undefined
  }
}

/** The first extension that answers decides. */
export function composeNegotiate(extensions: readonly ServerExtension[], log: RecurringLog): Negotiate | undefined {
  const negotiators = extensions.filter(({ negotiate }) => negotiate !== undefined)
  if (negotiators.length === 0) return undefined
  return async (request, target) => {
    for (const extension of negotiators) {
      try {
        const answer = await extension.negotiate!(request, target)
        if (answer !== undefined) return checkNegotiateAnswer(answer)
      } catch (error) {
        reportHookFailure(log, extension.name, 'negotiate', error)
        return requestFailed
      }
    }
    return undefined
  }
}

/** @throws TypeError that says what is needed. */
function checkNegotiateAnswer(answer: NonNullable<NegotiateAnswer>): NegotiateAnswer {
  if ('url' in answer && typeof answer.url === 'string') return answer
  if ('status' in answer) return checkResponse(answer)
  throw new TypeError(`negotiate must return { url }, an answer or undefined, but returned ${describeValue(answer)}.`)
}

const isResponseOrNone = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && 'status' in value && !isPromiseLike(value))
