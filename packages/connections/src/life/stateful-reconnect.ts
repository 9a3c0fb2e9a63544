import type { StatefulReconnectFeature } from '@signalbox/abstractions'

/**
 * Whether a connection survives the loss of its socket: granted at negotiate, and until the application switches it
 * off.
 */
export class StatefulReconnect implements StatefulReconnectFeature {
  readonly maximumBufferBytes: number
  #isEnabled = true

  constructor(maximumBufferBytes: number) {
    this.maximumBufferBytes = maximumBufferBytes
  }

  get isEnabled(): boolean {
    return this.#isEnabled
  }

  disable(): void {
    this.#isEnabled = false
  }
}

/**
 * @source bool.TryParse, as ProcessNegotiate reads `useStatefulReconnect`: what is neither is false, without an error.
 */
export const asksForStatefulReconnect = (value: string | undefined): boolean => value?.trim().toLowerCase() === 'true'
