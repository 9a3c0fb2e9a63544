/** The one error whose text reaches the client that called, whatever the setting of detailed errors. @source HubException */
export class HubException extends Error {
  override name = 'HubException'
}
