import { ConfigurationError } from '@signalbox/abstractions'

/** What the messages to one endpoint ask of a host. */
export interface MessageNeeds {
  /** So large a WebSocket message should come through. */
  readonly wantedBytes: number
  /**
   * So large a one must: the endpoint's own limit, which ends a connection with an explanation, was chosen. 0 where
   * none was.
   */
  readonly requiredBytes: number
  /** For the error, such as `maximumReceiveMessageSizeBytes of /chat is 10000000`. */
  readonly reason: string
}

const defaultBytes = 1_048_576
/** What fits a Buffer and the 32 bits of hosts. */
export const mostMessageBytes = 0x7fff_ffff

/** The largest WebSocket message of a host: what its option says, else as much as is asked for by what is mapped. */
export class MessageLimit {
  readonly #isChosen: boolean
  #bytes: number

  /** @param chosenBytes - the option `maximumWebSocketMessageBytes`, which the host has checked. */
  constructor(chosenBytes: number | undefined) {
    this.#isChosen = chosenBytes !== undefined
    this.#bytes = chosenBytes ?? defaultBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * @param isFixed - it cannot grow any more.
   * @throws ConfigurationError that says what to raise.
   */
  admit({ wantedBytes, requiredBytes, reason }: MessageNeeds, isFixed = false): void {
    const wanted = Math.min(wantedBytes, mostMessageBytes)
    const required = Math.min(requiredBytes, mostMessageBytes)
    if (this.#isChosen && required > this.#bytes)
      throw new ConfigurationError(
        'maximumWebSocketMessageBytes',
        `${reason}, but maximumWebSocketMessageBytes of the host is ${this.#bytes}: leave that out, or raise it to ${required} at least.`,
      )
    if (this.#isChosen || wanted <= this.#bytes) return
    if (isFixed)
      throw new ConfigurationError(
        'maximumWebSocketMessageBytes',
        `${reason}, and the host cannot take larger messages any more once it listens: map this before, or give the host maximumWebSocketMessageBytes: ${wanted}.`,
      )
    this.#bytes = wanted
  }
}
