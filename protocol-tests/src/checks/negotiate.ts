import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, plainText, unknownId } from '../drivers/answer-facts.js'
import type { HttpAnswer } from '../drivers/http-exchange.js'

const area = 'negotiate'
const idPattern = /^[A-Za-z0-9_-]{22}$/
const transports = [
  { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
  { transport: 'ServerSentEvents', transferFormats: ['Text'] },
  { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
]

/** The body with its ids masked: all of it but chance. */
function masked(answer: HttpAnswer): string {
  return answer.body.replaceAll(/"(connectionId|connectionToken)":"[A-Za-z0-9_-]{22}"/g, '"$1":"…"')
}

const version0 = `{"negotiateVersion":0,"connectionId":"…","availableTransports":${JSON.stringify(transports)}}`
const version1 = `{"negotiateVersion":1,"connectionId":"…","connectionToken":"…","availableTransports":${JSON.stringify(transports)}}`

function refusal(text: string): object {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: text }) }
}

check(area, 'answers version 1 with the four properties in their order, as JSON without a charset', async server => {
  const answer = await server.post('/testhub/negotiate?negotiateVersion=1')
  assert.deepEqual(
    { ...facts(answer), body: masked(answer) },
    {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: version1,
    },
  )
})

check(area, 'has a Content-Length: 316 bytes for version 1, 273 for version 0', async server => {
  const lengthOf = async (query: string) => (await server.post(`/testhub/negotiate${query}`)).headers['content-length']
  assert.equal(await lengthOf('?negotiateVersion=1'), '316')
  assert.equal(await lengthOf(''), '273')
})

check(area, 'gives ids of 22 base64url characters, and never one twice', async server => {
  const answers = await Promise.all([1, 2, 3, 4].map(() => server.negotiate('/testhub')))
  const ids = answers.flatMap(answer => [answer.connectionId, answer.connectionToken])
  for (const id of ids) assert.match(id, idPattern)
  assert.equal(new Set(ids).size, ids.length)
})

check(area, 'is version 0 without a token when the client names no version', async server => {
  assert.equal(masked(await server.post('/testhub/negotiate')), version0)
})

check(area, 'is version 0 when the client asks for 0, and the connection id is then the token', async server => {
  const answer = await server.post('/testhub/negotiate?negotiateVersion=0')
  assert.equal(masked(answer), version0)
  const { connectionId } = JSON.parse(answer.body)
  assert.equal((await server.get(`/testhub?id=${connectionId}`)).status, 200)
})

for (const version of ['2', '7', '2147483647']) {
  check(area, `answers version 1 to a client that wants version ${version}`, async server => {
    assert.equal(masked(await server.post(`/testhub/negotiate?negotiateVersion=${version}`)), version1)
  })
}

for (const [spelling, query] of [
  ['a plus sign', '%2B1'],
  ['blanks around it', '%201%20'],
  ['leading zeros', '0001'],
] as const) {
  check(area, `reads a version with ${spelling}`, async server => {
    assert.equal(masked(await server.post(`/testhub/negotiate?negotiateVersion=${query}`)), version1)
  })
}

for (const version of ['-1', '-2147483648']) {
  check(area, `refuses version ${version} with 200 and an error`, async server => {
    assert.deepEqual(
      facts(await server.post(`/testhub/negotiate?negotiateVersion=${version}`)),
      refusal(`The client requested version '${version}', but the server does not support this version.`),
    )
  })
}

for (const [what, query] of [
  ['a word', '?negotiateVersion=abc'],
  ['an empty version', '?negotiateVersion='],
  ['a decimal number', '?negotiateVersion=1.0'],
  ['a number beyond 32 bits', '?negotiateVersion=99999999999'],
  ['a repeated version', '?negotiateVersion=1&negotiateVersion=1'],
] as const) {
  check(area, `refuses ${what} with 200 and an error`, async server => {
    const answer = await server.post(`/testhub/negotiate${query}`)
    assert.deepEqual(facts(answer), refusal('The client requested a non-integer protocol version.'))
  })
}

const minimum1 = { settings: { minimumProtocolVersion: 1 } }
check(
  area,
  'refuses a client without a version when the minimum is 1, and calls it version 0',
  minimum1,
  async server => {
    const text = "The client requested version '0', but the server does not support this version."
    assert.deepEqual(facts(await server.post('/testhub/negotiate')), refusal(text))
    assert.deepEqual(facts(await server.post('/testhub/negotiate?negotiateVersion=0')), refusal(text))
    assert.equal(masked(await server.post('/testhub/negotiate?negotiateVersion=1')), version1)
  },
)

check(area, 'looks query names up in any letter case', async server => {
  assert.equal(masked(await server.post('/testhub/negotiate?NEGOTIATEVERSION=1')), version1)
})

check(area, 'looks its path up in any letter case, with or without a slash at the end', async server => {
  assert.equal(masked(await server.post('/TESTHUB/Negotiate?negotiateVersion=1')), version1)
  assert.equal(masked(await server.post('/testhub/negotiate/?negotiateVersion=1')), version1)
})

check(area, 'ignores a body, its content type and an id in the query', async server => {
  const options = { headers: { 'Content-Type': 'image/png' }, body: 'not an image' }
  const answer = await server.request('POST', '/testhub/negotiate?negotiateVersion=1&id=nope', options)
  assert.equal(masked(answer), version1)
})

for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
  check(area, `answers ${method} with 405`, async server => {
    assert.deepEqual(facts(await server.request(method, '/testhub/negotiate')), plainText(405))
  })
}

check(area, 'answers HEAD with 405 and no length', async server => {
  const { status, headers } = facts(await server.request('HEAD', '/testhub/negotiate'))
  assert.deepEqual({ status, headers }, { status: 405, headers: { 'content-type': 'text/plain' } })
})

check(area, 'leaves useStatefulReconnect out on a hub that does not allow it', async server => {
  assert.equal(
    masked(await server.post('/uncreatable/negotiate?negotiateVersion=1&useStatefulReconnect=true')),
    version1,
  )
})

check(area, 'leaves useStatefulReconnect out when it was not asked for', async server => {
  assert.equal(masked(await server.post('/testhub/negotiate?negotiateVersion=1')), version1)
})

for (const spelling of ['true', 'True', 'TRUE']) {
  check(area, `grants stateful reconnect, as the first property, when asked with ${spelling}`, async server => {
    const answer = await server.post(`/testhub/negotiate?negotiateVersion=1&useStatefulReconnect=${spelling}`)
    assert.equal(masked(answer), version1.replace('{', '{"useStatefulReconnect":true,'))
  })
}

for (const spelling of ['1', 'false', 'yes', '']) {
  check(area, `does not grant stateful reconnect when asked with '${spelling}'`, async server => {
    const answer = await server.post(`/testhub/negotiate?negotiateVersion=1&useStatefulReconnect=${spelling}`)
    assert.equal(masked(answer), version1)
  })
}

check(
  area,
  'grants stateful reconnect with version 0 too',
  {
    deviation: {
      key: 'no-stateful-reconnect-by-a-public-id',
      run: async server => {
        assert.equal(masked(await server.post('/testhub/negotiate?useStatefulReconnect=true')), version0)
      },
    },
  },
  async server => {
    const answer = await server.post('/testhub/negotiate?useStatefulReconnect=true')
    assert.equal(masked(answer), version0.replace('{', '{"useStatefulReconnect":true,'))
  },
)

check(area, 'lists only the transports of the endpoint, in the same order', async server => {
  const { availableTransports } = await server.negotiate('/testhub-nowebsockets')
  assert.deepEqual(availableTransports, transports.slice(1))
})

check(
  area,
  'lists long polling alone when nothing else is enabled',
  { settings: { transports: 'LongPolling' } },
  async server => {
    assert.deepEqual((await server.negotiate('/testhub')).availableTransports, transports.slice(2))
  },
)

check(
  area,
  'lists no transport, with 200, when none is enabled',
  { settings: { transports: 'None' } },
  async server => {
    assert.deepEqual((await server.negotiate('/testhub')).availableTransports, [])
  },
)

check(
  area,
  'any number of connections may negotiate and not connect',
  {
    alone: true,
    deviation: {
      key: 'pending-connections-are-bounded',
      settings: { maximumPendingConnections: 3 },
      run: async server => {
        const paths = [await server.negotiatedPath('/testhub')]
        for (let count = 1; count < 4; count++) paths.push(await server.negotiatedPath('/testhub'))
        assert.equal((await server.get(paths[0]!)).body, unknownId)
        for (const path of paths.slice(1)) assert.equal((await server.get(path)).status, 200)
      },
    },
  },
  async server => {
    for (let count = 0; count < 2_000; count++) await server.negotiate('/testhub')
  },
)
