import type { ConnectionHandler } from 'signalbox'

/** A connection without hub protocol: whatever comes in goes out again, no faster than the client takes it. */
export const echo: ConnectionHandler = connection => {
  connection.receiver = {
    onReceive(bytes) {
      connection.send(Uint8Array.from(bytes))
      const drained = connection.drained()
      if (drained === undefined) return
      connection.pause()
      void drained.then(() => connection.resume())
    },
    onEnd: error => connection.close(error),
    onHeartbeat() {},
  }
}
