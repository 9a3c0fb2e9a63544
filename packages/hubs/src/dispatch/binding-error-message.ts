import { printable } from '@signalbox/abstractions'
import { HubException } from '../authoring/hub-exception.js'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import { BindingFailure, type ValidationIssue } from './argument-binding.js'
import { errorMessage } from './error-message.js'

export type BindingErrorOptions = Pick<ResolvedHubOptions, 'enableDetailedErrors' | 'enableValidationErrors'>

/** What a client is told of values that do not fit: that it failed, .NET's text, or what its schemas say. */
export function bindingErrorMessage(base: string, error: unknown, options: BindingErrorOptions): string {
  if (!options.enableValidationErrors || !(error instanceof BindingFailure))
    return errorMessage(base, error, options.enableDetailedErrors)
  return errorMessage(base, error.issues.length === 0 ? error : new BindingFailure(textOf(error.issues)), true)
}

/** What a method finds when it reads on in a stream of which an item does not fit, or could not be read. */
export const streamBindingError = (error: unknown, options: BindingErrorOptions): HubException =>
  new HubException(bindingErrorMessage('Failed to bind Stream message.', error, options))

/** A value of many parts may have as many things wrong with it. */
const mostIssuesTold = 10
const longestMessage = 200

function textOf(issues: readonly ValidationIssue[]): string {
  const told = issues.slice(0, mostIssuesTold).map(({ argumentIndex, path, message }) => {
    const value = argumentIndex === undefined ? 'Item' : `Argument ${argumentIndex + 1}`
    const place = path.length === 0 ? '' : `, ${path.map(pathSegment).join('').replace(/^\./, '')}`
    return `${printable(value + place, longestMessage)}: ${printable(message, longestMessage)}`
  })
  const untold = issues.length - told.length
  return `Error binding arguments. ${[...told, ...(untold > 0 ? [`and ${untold} more`] : [])].join('; ')}`
}

const pathSegment = (segment: PropertyKey): string =>
  typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`
