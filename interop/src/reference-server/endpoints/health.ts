import type { SignalboxServer } from 'signalbox'
import { answerMethod } from './answer-method.js'

export function mapHealth(server: SignalboxServer): void {
  server.mapRequest(
    '/health',
    answerMethod('GET', () => ({ status: 200 })),
  )
}
