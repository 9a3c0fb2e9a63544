import type { SignalboxServer } from 'signalbox'

/**
 * A negotiate that fails with a text. By prefix, since clients append `/negotiate` to whatever URL the test gave them.
 */
export function mapBadNegotiate(server: SignalboxServer): void {
  server.mapRequest('/bad-negotiate*', ({ method }) =>
    method === 'POST' ? { status: 400, body: 'Some response from server' } : undefined,
  )
}
