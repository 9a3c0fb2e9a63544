import { MessageType } from '@signalbox/protocol'
import { type ExtendedServer, HubException, type MessageAdmission, type ServerExtension } from '../index.js'

/** An extension of the tests: it has a hand in every part of the server, and no room knows it. */
export function frameCounts(mostFrames: number): ServerExtension & { readonly counts: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>()
  const notes: unknown[] = []
  let server: ExtendedServer | undefined
  const busiest = () => Math.max(0, ...counts.values())
  return {
    name: 'frameCounts',
    counts,
    routes: [
      {
        method: 'POST',
        path: '/frame-counts/notes',
        maximumRequestBodySizeBytes: 100,
        async handler(request) {
          notes.push(await request.json())
          return { status: 201, body: JSON.stringify({ notes, counts: [...counts.values()] }) }
        },
      },
    ],
    start(started) {
      server = started
    },
    admitMessage({ hubName }, message): MessageAdmission {
      const isKnown = !('target' in message) || server?.hubs.get(hubName)?.hasMethod(message.target) === true
      return isKnown ? 'pass' : { refuse: new HubException('There is no such method.') }
    },
    onConnected: ({ connectionId }) => void counts.set(connectionId, 0),
    onDisconnected: ({ connectionId }) => void counts.delete(connectionId),
    onMessageReceived({ connectionId }, message) {
      if (message.type !== MessageType.Ping) counts.set(connectionId, (counts.get(connectionId) ?? 0) + 1)
    },
    health: () =>
      busiest() > mostFrames ? { status: 'Degraded', reason: 'A client is busy.' } : { status: 'Healthy' },
  }
}
