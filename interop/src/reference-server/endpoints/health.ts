import type { Backplane, SignalboxServer } from 'signalbox'
import { answerMethod } from './answer-method.js'

/** 503 while messages of other servers could be missed. */
export function mapHealth(server: SignalboxServer, backplane: Backplane | undefined): void {
  server.mapRequest(
    '/health',
    answerMethod('GET', () => ({ status: backplane === undefined || backplane.isReady ? 200 : 503 })),
  )
}
