import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts, noCacheHeaders, plainText, unknownId } from '../drivers/answer-facts.js'
import { within } from '../drivers/deadline.js'
import { openTcp, readTo, requestHead } from '../drivers/raw-http.js'

const area = 'missing and unknown ids'
const eventStream = { Accept: 'text/event-stream' }
const missing = 'Connection ID required'

check(area, 'a GET without an id gets 400, not to be cached', async server => {
  assert.deepEqual(facts(await server.get('/testhub')), plainText(400, missing, noCacheHeaders))
})

check(area, 'a GET with an empty id gets 400, not to be cached', async server => {
  assert.deepEqual(facts(await server.get('/testhub?id=')), plainText(400, missing, noCacheHeaders))
})

check(area, 'an event-stream GET without an id gets 400 without cache headers', async server => {
  assert.deepEqual(facts(await server.get('/testhub', eventStream)), plainText(400, missing))
})

for (const method of ['POST', 'DELETE']) {
  check(area, `a ${method} without an id, or with an empty one, gets 400`, async server => {
    assert.deepEqual(facts(await server.request(method, '/testhub')), plainText(400, missing))
    assert.deepEqual(facts(await server.request(method, '/testhub?id=')), plainText(400, missing))
  })

  check(area, `a ${method} with an unknown id gets 404`, async server => {
    assert.deepEqual(facts(await server.request(method, '/testhub?id=nope')), plainText(404, unknownId))
  })
}

check(area, 'a GET with an unknown id gets 404, not to be cached', async server => {
  assert.deepEqual(facts(await server.get('/testhub?id=nope')), plainText(404, unknownId, noCacheHeaders))
})

check(area, 'an event-stream GET with an unknown id gets 404 without cache headers', async server => {
  assert.deepEqual(facts(await server.get('/testhub?id=nope', eventStream)), plainText(404, unknownId))
})

check(area, 'a WebSocket upgrade with an unknown id gets 404 without a content type', async server => {
  assert.deepEqual(facts(await server.upgrade('/testhub?id=nope')), { status: 404, headers: {}, body: unknownId })
})

check(area, 'the connection id of version 1 is not its token', async server => {
  const { connectionId } = await server.negotiate('/testhub')
  assert.deepEqual(facts(await server.get(`/testhub?id=${connectionId}`)), plainText(404, unknownId, noCacheHeaders))
})

check(area, 'a token counts in its own letter case only', async server => {
  const { connectionToken } = await server.negotiate('/testhub')
  const swapped = connectionToken.replaceAll(/[a-z]/gi, letter =>
    letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
  )
  assert.equal((await server.get(`/testhub?id=${swapped}`)).status, 404)
})

check(area, 'the name of the id parameter counts in any letter case', async server => {
  const { connectionToken } = await server.negotiate('/testhub')
  assert.equal((await server.get(`/testhub?ID=${connectionToken}`)).status, 200)
})

check(area, 'a repeated id is not found', async server => {
  const { connectionToken } = await server.negotiate('/testhub')
  assert.equal((await server.get(`/testhub?id=${connectionToken}&id=${connectionToken}`)).status, 404)
})

for (const method of ['PUT', 'PATCH']) {
  check(area, `${method} gets 405, with a valid id and without one`, async server => {
    const path = await server.negotiatedPath('/testhub')
    assert.deepEqual(facts(await server.request(method, '/testhub')), plainText(405))
    assert.deepEqual(facts(await server.request(method, path)), plainText(405))
  })
}

check(area, 'HEAD gets 405 without a length', async server => {
  const { status, headers } = facts(await server.request('HEAD', '/testhub'))
  assert.deepEqual({ status, headers }, { status: 405, headers: { 'content-type': 'text/plain' } })
})

check(area, 'a path without an endpoint gets a bare 404', async server => {
  for (const path of ['/nothing-here', '/testhub/refresh', '/testhub/more']) {
    assert.deepEqual(facts(await server.post(path)), { status: 404, headers: { 'content-length': '0' }, body: '' })
  }
})

check(area, 'an id and a path may be percent-encoded', async server => {
  const { connectionToken } = await server.negotiate('/testhub')
  const encoded = [...connectionToken].map(letter => `%${letter.charCodeAt(0).toString(16)}`).join('')
  assert.equal((await server.get(`/%74esthub?id=${encoded}`)).status, 200)
})

check(area, 'TCP stays open behind an error', async server => {
  const socket = await openTcp(server.url)
  for (const method of ['POST', 'DELETE', 'POST']) {
    const answer = readTo(socket, missing)
    socket.write(requestHead(method, '/testhub', { 'Content-Length': '0' }))
    assert.match(await within(answer, `the answer to ${method}`), /HTTP\/1\.1 400 /)
  }
  socket.destroy()
})

check(
  area,
  'a token of one hub is found at another',
  {
    deviation: {
      key: 'tokens-belong-to-their-hub',
      run: async server => {
        const { connectionToken } = await server.negotiate('/testhub')
        const answer = await server.get(`/bench?id=${connectionToken}`)
        assert.deepEqual(facts(answer), plainText(404, unknownId, noCacheHeaders))
      },
    },
  },
  async server => {
    const { connectionToken } = await server.negotiate('/testhub')
    assert.equal((await server.get(`/bench?id=${connectionToken}`)).status, 200)
  },
)
