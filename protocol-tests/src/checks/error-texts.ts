/**
 * What ASP.NET Core says when something fails. The first two are how the Completion of a call begins; the exception
 * follows where details are shown.
 */

/** The call did not get as far as the method. */
export const failedToInvoke = (method: string) => `Failed to invoke '${method}' due to an error on the server.`

/** The method has thrown. */
export const unexpectedError = (method: string) => `An unexpected error occurred invoking '${method}' on the server.`

export const noSuchMethod = (method: string) => `${failedToInvoke(method)} HubException: Method does not exist.`

export const argumentsDoNotFit =
  'InvalidDataException: Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

export const messageTooLong = (limitBytes: number) =>
  `InvalidDataException: The maximum message size of ${limitBytes}B was exceeded. The message size can be configured in AddHubOptions.`
