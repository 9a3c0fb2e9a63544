import type { TestConnection, TestServer } from '@signalbox/conformance'
import { resumableHandshakeRequest } from '@signalbox/conformance/json-messages'

export interface ResumableClient {
  readonly client: TestConnection
  /** What had been sent when the connection was told that it cannot be resumed any more; undefined while it can. */
  sentBeforeDisabled(): readonly string[] | undefined
}

/** A connection whose client asked at negotiate to be able to resume it, and whose handshake has been answered. */
export function connectResumable(
  server: TestServer,
  { handshake = resumableHandshakeRequest, maximumBufferBytes = 1_048_576, connectionId = 'resumable' } = {},
): ResumableClient {
  let sentBeforeDisabled: readonly string[] | undefined
  const client = server.accept({
    connectionId,
    statefulReconnect: {
      maximumBufferBytes,
      disable: () => {
        sentBeforeDisabled ??= [...client.sent]
      },
    },
  })
  client.receive(handshake)
  const answer = client.sent.shift()
  if (answer !== '{}') throw new Error(`The handshake was answered with ${answer}.`)
  return { client, sentBeforeDisabled: () => sentBeforeDisabled }
}
