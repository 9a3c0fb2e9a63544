import type { HttpRequest } from 'signalbox'

/** Every negotiate sets cookies, whatever its outcome: the clients' cookie tests look for them on later requests. */
export class NegotiateCookies {
  /** Where HTTPS is served: a request does not know its scheme, but names the port it was sent to. */
  httpsPort: number | undefined

  headersFor(request: HttpRequest): Record<string, string[]> | undefined {
    if (request.method !== 'POST' || !request.path.toLowerCase().endsWith('/negotiate')) return undefined
    const isSecure = this.httpsPort !== undefined && request.header('host')?.endsWith(`:${this.httpsPort}`) === true
    // What browsers ask of a cookie that a page of another site may send.
    const attributes = isSecure ? 'path=/; secure; samesite=none; Partitioned' : 'path=/'
    const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString()
    return {
      'Set-Cookie': [
        `testCookie=testValue; ${attributes}`,
        `testCookie2=testValue2; ${attributes}`,
        `expiredCookie=doesntmatter; expires=${anHourAgo}; ${attributes}`,
      ],
    }
  }
}
