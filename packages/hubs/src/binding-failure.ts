import type { NamedException } from './error-message.js'

/** What a client passed does not fit: that call or stream fails, the connection lives. */
export class BindingFailure extends Error implements NamedException {
  readonly exceptionType = 'InvalidDataException'
}

export const cannotBind =
  'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'
