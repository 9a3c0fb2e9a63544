import { ConfigurationError } from '@signalbox/abstractions'
import type { ConnectionOptions, MessageNeeds } from '@signalbox/connections'
import type { HubOptions } from '@signalbox/hubs'

type MessageOptions = Pick<HubOptions, 'maximumReceiveMessageSizeBytes'> &
  Pick<ConnectionOptions, 'maximumPendingReceiveBytes'>

const defaultPendingBytes = 1_048_576
/** For a hub without a limit: what Kestrel takes in one POST. @source KestrelServerLimits.MaxRequestBodySize */
const unlimitedPendingBytes = 30_000_000
/** The longest that stands around a message: the length of MessagePack; JSON has one byte. */
const framingBytes = 5

/**
 * Without a choice of `maximumPendingReceiveBytes`, room for a message of the hub while another one waits.
 * @throws ConfigurationError when it was chosen, and so was a hub's limit that no message could ever reach.
 */
export function withRoomForMessages<TOptions extends MessageOptions>(options: TOptions): TOptions {
  const { maximumReceiveMessageSizeBytes: message, maximumPendingReceiveBytes: pending } = options
  if (message === undefined) return options
  if (pending === undefined) {
    const room = message === null ? unlimitedPendingBytes : Math.max(defaultPendingBytes, 2 * message)
    return { ...options, maximumPendingReceiveBytes: room }
  }
  if (message !== null && pending < message + framingBytes)
    throw new ConfigurationError(
      'maximumPendingReceiveBytes',
      `maximumReceiveMessageSizeBytes is ${message}, but maximumPendingReceiveBytes is ${pending}: leave that out, or raise it to ${message + framingBytes} at least.`,
    )
  return options
}

/** @param pending - the resolved `maximumPendingReceiveBytes`: no message gets further than that. */
export function messageNeeds(
  path: string,
  { maximumReceiveMessageSizeBytes }: MessageOptions,
  pending: number,
): MessageNeeds {
  const hasChosen = typeof maximumReceiveMessageSizeBytes === 'number'
  return {
    wantedBytes: pending,
    requiredBytes: hasChosen ? maximumReceiveMessageSizeBytes + framingBytes : 0,
    reason: hasChosen
      ? `maximumReceiveMessageSizeBytes of ${path} is ${maximumReceiveMessageSizeBytes}`
      : `maximumPendingReceiveBytes of ${path} is ${pending}`,
  }
}
