import type { HttpRequest, SignalboxServer } from 'signalbox'
import { answerMethod } from './answer-method.js'

const source = '/echoredirect'

/** Redirects by HTTP, and by the answer of a negotiate. */
export function mapRedirects(server: SignalboxServer): void {
  for (const path of [source, `${source}/*`]) server.mapRequest(path, redirectToEcho)

  let redirects = 0
  const redirectByNegotiate = (request: HttpRequest) => {
    const baseUrl = request.query('baseUrl')
    if (baseUrl === undefined) return { status: 400 }
    return {
      status: 200,
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ url: `${baseUrl}/testHub?numRedirects=${++redirects}` }),
    }
  }
  server.mapRequest('/redirect/negotiate', answerMethod('POST', redirectByNegotiate))
}

function redirectToEcho({ path, queryString }: HttpRequest) {
  const query = queryString === '' ? '' : `?${queryString}`
  return { status: 307, headers: { Location: `/echo${path.slice(source.length)}${query}` } }
}
