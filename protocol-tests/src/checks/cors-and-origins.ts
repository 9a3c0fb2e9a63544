import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, noCacheHeaders, plainText, unknownId } from '../drivers/answer-facts.js'
import { EventStream } from '../drivers/event-stream.js'

const area = 'CORS and origins'
const origin = 'http://app.example'
/** More than one origin is possible, so caches must tell them apart. */
const allowed = {
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
  vary: 'Origin',
} as const

for (const [method, path] of [
  ['POST', '/testhub/negotiate'],
  ['GET', '/testhub'],
  ['POST', '/testhub'],
  ['DELETE', '/testhub'],
  ['POST', '/authorizedhub/negotiate'],
] as const) {
  check(area, `a preflight for ${method} ${path} is answered with 204, without credentials`, async server => {
    const answer = await server.request('OPTIONS', path, {
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': method,
        'Access-Control-Request-Headers': 'authorization,x-requested-with,x-signalr-user-agent,x-own',
      },
    })
    const { status, headers, body } = facts(answer)
    assert.deepEqual({ status, body }, { status: 204, body: '' })
    assert.equal(headers['access-control-allow-origin'], origin)
    assert.equal(headers['access-control-allow-credentials'], 'true')
    assert.ok(
      (headers['access-control-allow-methods'] ?? '').split(/, ?/).includes(method),
      inspectHeader(headers, 'methods'),
    )
    const granted = (headers['access-control-allow-headers'] ?? '').toLowerCase().split(/, ?/)
    for (const name of ['authorization', 'x-requested-with', 'x-signalr-user-agent', 'x-own']) {
      assert.ok(granted.includes(name), inspectHeader(headers, 'headers'))
    }
  })
}

check(area, 'OPTIONS that asks for no method is no preflight: 405 with the headers of CORS', async server => {
  assert.deepEqual(
    facts(await server.request('OPTIONS', '/testhub', { headers: { Origin: origin } })),
    plainText(405, '', allowed),
  )
})

check(area, 'OPTIONS without an origin is 405', async server => {
  assert.deepEqual(facts(await server.request('OPTIONS', '/testhub')), plainText(405))
  assert.deepEqual(facts(await server.request('OPTIONS', '/testhub/negotiate')), plainText(405))
})

check(area, 'a successful negotiate, poll and POST carry the headers of CORS', async server => {
  const headers = { Origin: origin }
  const negotiated = await server.request('POST', '/testhub/negotiate?negotiateVersion=1', { headers })
  assert.deepEqual(facts(negotiated).headers, { 'content-type': 'application/json', ...allowed })
  const path = `/testhub?id=${JSON.parse(negotiated.body).connectionToken}`
  const octets = { 'content-length': '0', 'content-type': 'application/octet-stream' }
  assert.deepEqual(facts(await server.get(path, headers)).headers, { ...octets, ...noCacheHeaders, ...allowed })
  assert.deepEqual(facts(await server.request('POST', path, { headers, body: 'x' })), plainText(200, '', allowed))
})

check(area, 'errors carry them too: 400, 404, 405 and 401', async server => {
  const headers = { Origin: origin }
  assert.deepEqual(
    facts(await server.get('/testhub', headers)),
    plainText(400, 'Connection ID required', { ...noCacheHeaders, ...allowed }),
  )
  assert.deepEqual(
    facts(await server.request('POST', '/testhub?id=nope', { headers })),
    plainText(404, unknownId, allowed),
  )
  assert.deepEqual(facts(await server.request('PUT', '/testhub', { headers })), plainText(405, '', allowed))
  const refused = await server.request('POST', '/authorizedhub/negotiate', { headers })
  assert.deepEqual(facts(refused), {
    status: 401,
    headers: { 'content-length': '0', 'www-authenticate': 'Bearer', ...allowed },
    body: '',
  })
})

check(area, 'an event stream and a 101 carry them', async server => {
  const path = await server.negotiatedPath('/testhub')
  const exchange = server.start('GET', path, { headers: { Accept: 'text/event-stream', Origin: origin } })
  const stream = await EventStream.open(exchange)
  const socket = await server.rawWebSocket('/testhub', { Origin: origin })
  for (const { headers } of [stream.answer, socket.answer]) {
    for (const [name, value] of Object.entries(allowed)) assert.equal(headers[name], value)
  }
})

check(area, 'without an origin there are no headers of CORS', async server => {
  const answer = await server.post('/testhub/negotiate?negotiateVersion=1')
  assert.deepEqual(facts(answer).headers, { 'content-type': 'application/json' })
})

const off = { settings: { cors: 'off' } }
check(area, 'with CORS off a preflight is a plain 405, and nothing carries its headers', off, async server => {
  const headers = { Origin: origin, 'Access-Control-Request-Method': 'POST' }
  assert.deepEqual(facts(await server.request('OPTIONS', '/testhub', { headers })), plainText(405))
  assert.deepEqual(facts(await server.request('OPTIONS', '/testhub/negotiate', { headers })), plainText(405))
  const missing = plainText(400, 'Connection ID required', noCacheHeaders)
  assert.deepEqual(facts(await server.get('/testhub', { Origin: origin })), missing)
})

check(
  area,
  'with CORS off and no list any origin may open a WebSocket',
  {
    ...off,
    deviation: {
      key: 'foreign-origins-are-refused',
      run: async server => {
        const refused = { status: 403, headers: { 'content-length': '0' }, body: '' }
        assert.deepEqual(facts(await server.upgrade('/testhub', { Origin: origin })), refused)
        assert.equal((await server.rawWebSocket('/testhub', { Origin: server.url })).answer.status, 101)
      },
    },
  },
  async server => {
    assert.equal((await server.rawWebSocket('/testhub', { Origin: origin })).answer.status, 101)
  },
)

const listed = { settings: { allowedOrigins: 'http://app.example,http://b.example', cors: 'off' } }
check(
  area,
  'an upgrade from an origin that is not listed gets an empty 403, before its id is looked at',
  listed,
  async server => {
    const refused = { status: 403, headers: { 'content-length': '0' }, body: '' }
    const foreign = { Origin: 'http://evil.example' }
    assert.deepEqual(facts(await server.upgrade(await server.negotiatedPath('/testhub'), foreign)), refused)
    assert.deepEqual(facts(await server.upgrade('/testhub?id=nope', foreign)), refused)
    assert.deepEqual(facts(await server.upgrade('/testhub', { Origin: 'http://app.example:8080' })), refused)
  },
)

check(area, 'an upgrade from a listed origin, or from none, is accepted', listed, async server => {
  for (const headers of [{ Origin: origin }, { Origin: 'http://b.example' }, {}]) {
    assert.equal((await server.rawWebSocket('/testhub', headers)).answer.status, 101)
  }
})

check(area, 'the origins of other requests are not looked at', listed, async server => {
  const path = await server.negotiatedPath('/testhub')
  assert.equal((await server.get(path, { Origin: 'http://evil.example' })).status, 200)
})

function inspectHeader(headers: Readonly<Record<string, string>>, what: string): string {
  return `Access-Control-Allow-${what}: ${headers[`access-control-allow-${what}`]}`
}
