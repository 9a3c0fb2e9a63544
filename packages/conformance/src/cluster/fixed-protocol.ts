import type { HubMessage, HubProtocol } from '@signalbox/protocol'

/** A protocol with one message, whatever it is given: to see what is done with its bytes. */
export class FixedProtocol implements HubProtocol {
  readonly name: string
  readonly version = 1
  readonly transferFormat = 'Binary'
  readonly #bytes: Buffer

  constructor(name: string, bytes: Buffer) {
    this.name = name
    this.#bytes = bytes
  }

  tryParseMessage(): HubMessage | undefined {
    return undefined
  }

  writeMessage(): Buffer {
    return this.#bytes
  }
}
