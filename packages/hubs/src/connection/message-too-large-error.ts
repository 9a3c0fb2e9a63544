import { HubProtocolError } from '@signalbox/protocol'

/** The text is .NET's, as is the option it names: clients may see it. */
export class MessageTooLargeError extends HubProtocolError {
  constructor(limit: number) {
    super(`The maximum message size of ${limit}B was exceeded. The message size can be configured in AddHubOptions.`)
  }
}
