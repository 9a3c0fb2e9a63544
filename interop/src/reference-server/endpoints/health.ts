import type { SignalboxServer } from 'signalbox'
import { answerMethod } from './answer-method.js'

/** 503 while messages of other servers could be missed, and while it drains. */
export function mapHealth(server: SignalboxServer): void {
  server.mapRequest(
    '/health',
    answerMethod('GET', () => ({ status: server.isReady ? 200 : 503 })),
  )
}
