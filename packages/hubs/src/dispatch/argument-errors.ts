import { describeValue } from '@signalbox/abstractions'
import type { NamedException } from './error-message.js'

/** A name or id is missing where the caller has to give one. */
export class ArgumentNullError extends TypeError implements NamedException {
  readonly exceptionType = 'ArgumentNullException'

  constructor(parameter: string) {
    super(`Value cannot be null. (Parameter '${parameter}')`)
  }
}

/** Something is asked that makes no sense at this moment or with this value. */
export class InvalidOperationError extends Error implements NamedException {
  readonly exceptionType = 'InvalidOperationException'
}

/** @throws ArgumentNullError for nothing at all, TypeError for a number: ids of databases often are numbers. */
export function requireString(parameter: string, value: unknown): void {
  if (typeof value === 'string') return
  if (value === undefined || value === null) throw new ArgumentNullError(parameter)
  throw new TypeError(`${parameter} must be a text, but is ${describeValue(value)}: write String(…).`)
}

/** @throws TypeError for what is no list, and as `requireString` for its elements. */
export function requireStrings(parameter: string, values: unknown): void {
  if (!Array.isArray(values))
    throw new TypeError(`${parameter} must be a list of texts, but is ${describeValue(values)}.`)
  for (const value of values) requireString(parameter, value)
}
