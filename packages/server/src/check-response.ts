import type { HttpResponse } from '@signalbox/connections'

/**
 * What a handler of the application answers goes onto the wire as it is, so it is looked at before: a line break in a header would end it and
 * begin another one of the sender's choice.
 * @throws TypeError that names what is wrong.
 */
export function checkResponse(response: HttpResponse): HttpResponse {
  const { status, body } = response
  if (!Number.isInteger(status) || status < 200 || status > 599) throw new TypeError(`${status} is no HTTP status.`)
  if (body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('A body must be a string or a Uint8Array.')
  checkHeaders(response.headers)
  return response
}

/** @throws TypeError that names the header. */
export function checkHeaders(headers: HttpResponse['headers']): HttpResponse['headers'] {
  for (const [name, value] of Object.entries(headers ?? {})) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !values.every(isHeaderValue))
      throw new TypeError(`The header ${JSON.stringify(name)} has a name or a value that no header can have.`)
  }
  return headers
}

/** Visible ASCII, blanks and tabs, as Kestrel has it: the hosts would send any other sign as it is, or never answer. */
const isHeaderValue = (value: unknown): boolean => typeof value === 'string' && /^[\t\x20-\x7e]*$/.test(value)
