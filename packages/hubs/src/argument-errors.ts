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

/** @throws ArgumentNullError for anything but a string. */
export function requireString(parameter: string, value: unknown): void {
  if (typeof value !== 'string') throw new ArgumentNullError(parameter)
}
