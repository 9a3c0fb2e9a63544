import { CallbackError } from '@signalbox/abstractions'
import { HubException } from '../authoring/hub-exception.js'

/** An error of ours that stands for one .NET makes, whose name clients see in detailed texts. */
export interface NamedException {
  readonly exceptionType: string
}

/**
 * The detail rule: a HubException always shows, anything else only when detailed errors are on. The same for
 * completions, Close messages and handshake errors.
 * @returns the base text, or the base text, a blank, the type's name, a colon and the message.
 * @source ErrorMessageHelper.BuildErrorMessage
 */
export function errorMessage(base: string, error: unknown, enableDetailedErrors: boolean): string {
  if (!enableDetailedErrors && !(error instanceof HubException)) return base
  const shown = error instanceof CallbackError ? error.cause : error
  return `${base} ${errorTypeName(shown)}: ${messageOf(shown)}`
}

/** Anything can be thrown, also what cannot be made a string. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return ''
  }
}

/** What stands for a .NET type name: in detailed texts, in traces. */
export function errorTypeName(error: unknown): string {
  if (!(error instanceof Error)) return 'Error'
  if ('exceptionType' in error) return (error as NamedException).exceptionType
  if (error.constructor === HubException) return 'HubException'
  // A class that does not name its errors inherits a name; the class's own says more.
  const namesItself = Object.hasOwn(error, 'name') && !(error instanceof HubException)
  return namesItself ? error.name : error.constructor.name || error.name
}
