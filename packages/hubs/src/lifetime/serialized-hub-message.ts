import { type HubMessage, type HubProtocol, MessageType } from '@signalbox/protocol'

/** @returns undefined when there is nothing to send by this protocol. */
type Serialize = (protocol: HubProtocol) => Uint8Array | undefined

/**
 * A message on its way to many: serialized once per protocol, when the first receiver of that protocol is reached.
 * @source SerializedHubMessage
 */
export class SerializedHubMessage {
  readonly message: HubMessage | undefined
  readonly #serialize: Serialize
  #protocol: HubProtocol | undefined
  #bytes: Uint8Array | undefined
  #others: Map<HubProtocol, Uint8Array | undefined> | undefined

  /**
   * @param serialize - called once per protocol; a backplane hands out what another node has serialized.
   * @param message - what it serializes; undefined where nobody here has read it.
   */
  constructor(serialize: Serialize, message?: HubMessage) {
    this.#serialize = serialize
    this.message = message
  }

  static of(message: HubMessage): SerializedHubMessage {
    return new SerializedHubMessage(protocol => protocol.writeMessage(message), message)
  }

  static invocation(target: string, args: readonly unknown[], invocationId?: string): SerializedHubMessage {
    return SerializedHubMessage.of({
      type: MessageType.Invocation,
      headers: undefined,
      invocationId,
      target,
      arguments: args,
      streamIds: undefined,
    })
  }

  /**
   * @returns undefined when there is nothing to send by this protocol.
   * @throws whatever the protocol throws for arguments it cannot serialize.
   */
  bytesFor(protocol: HubProtocol): Uint8Array | undefined {
    if (this.#protocol === protocol) return this.#bytes
    if (this.#protocol === undefined) {
      this.#bytes = this.#serialize(protocol)
      this.#protocol = protocol
      return this.#bytes
    }
    this.#others ??= new Map()
    if (!this.#others.has(protocol)) this.#others.set(protocol, this.#serialize(protocol))
    return this.#others.get(protocol)
  }
}
