import type { HttpRequest, SignalboxServer } from 'signalbox'
import type { BearerTokens } from '../bearer-tokens.js'
import { answerMethod } from './answer-method.js'

const defaultUser = 'testuser'
const defaultLifetimeSeconds = '5'

export function mapJwtTokens(server: SignalboxServer, tokens: BearerTokens): void {
  const answer = (request: HttpRequest) => {
    const seconds = request.query('seconds') ?? defaultLifetimeSeconds
    if (!/^-?\d+$/.test(seconds)) return { status: 400 }
    return {
      status: 200,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: tokens.issue(request.query('user') ?? defaultUser, Number(seconds), request.query('role')),
    }
  }
  server.mapRequest('/generateJwtToken', answerMethod('GET', answer))
}
