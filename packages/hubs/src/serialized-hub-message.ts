import { type HubMessage, type HubProtocol, MessageType } from '@signalbox/protocol'

/** A message on its way to many: serialized once per protocol, when the first receiver of that protocol is reached. @source SerializedHubMessage */
export class SerializedHubMessage {
  readonly #message: HubMessage
  #protocol: HubProtocol | undefined
  #bytes: Uint8Array | undefined
  #others: Map<HubProtocol, Uint8Array> | undefined

  constructor(message: HubMessage) {
    this.#message = message
  }

  static invocation(target: string, args: readonly unknown[], invocationId?: string): SerializedHubMessage {
    return new SerializedHubMessage({
      type: MessageType.Invocation,
      headers: undefined,
      invocationId,
      target,
      arguments: args,
      streamIds: undefined,
    })
  }

  /** @throws whatever the protocol throws for arguments it cannot serialize. */
  bytesFor(protocol: HubProtocol): Uint8Array {
    if (this.#protocol === protocol) return this.#bytes!
    if (this.#protocol === undefined) {
      this.#bytes = protocol.writeMessage(this.#message)
      this.#protocol = protocol
      return this.#bytes
    }
    this.#others ??= new Map()
    let bytes = this.#others.get(protocol)
    if (bytes === undefined) {
      bytes = protocol.writeMessage(this.#message)
      this.#others.set(protocol, bytes)
    }
    return bytes
  }
}
