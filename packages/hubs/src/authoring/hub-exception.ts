import { CallbackError } from '@signalbox/abstractions'

/**
 * The one error whose text reaches the client that called, whatever the setting of detailed errors.
 * @source HubException
 */
export class HubException extends Error {
  override name = 'HubException'
}

/** What a callback of an option threw: a HubException is for the client, everything else is logged under its name. */
export const callbackFailure = (callback: string, error: unknown): unknown =>
  error instanceof HubException ? error : new CallbackError(callback, error)
