import type { SignalboxServer } from 'signalbox'
import { int32Answer } from '../hubs/int32-answer.js'
import { TestHub } from '../hubs/test-hub.js'
import { answerMethod } from './answer-method.js'

const path = '/clientresult/'

/** Asks a client from outside any hub method; the client's error text is an answer too. */
export function mapClientResult(server: SignalboxServer): void {
  const ask = async (connectionId: string): Promise<string> => {
    try {
      return String(await int32Answer(TestHub.hubContext.clients.client(connectionId).invoke.Result()))
    } catch (error) {
      return (error as Error).message
    }
  }
  server.mapRequest(
    `${path}*`,
    answerMethod('GET', async request => ({
      status: 200,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: await ask(request.path.slice(path.length)),
    })),
  )
}
