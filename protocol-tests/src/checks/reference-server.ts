/**
 * What the reference server itself offers to the functional tests of the official clients. It is no part of SignalR,
 * but both reference servers must do it alike, or a difference between them would be taken for one between the servers
 * they stand on.
 */
import assert from 'node:assert/strict'
import { check } from '../check.js'
import { facts } from '../drivers/answer-facts.js'

const area = 'reference server'

check(area, 'a negotiate sets two cookies and one that has expired', async server => {
  const { rawHeaders } = await server.post('/testhub/negotiate?negotiateVersion=1')
  const cookies = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'set-cookie')
  const named = (name: string) => cookies.find(cookie => cookie.startsWith(`${name}=`)) ?? ''
  assert.match(named('testCookie'), /^testCookie=testValue; path=\/$/i)
  assert.match(named('testCookie2'), /^testCookie2=testValue2; path=\/$/i)
  const expires = /^expiredCookie=doesntmatter; expires=([^;]+); path=\/$/i.exec(named('expiredCookie'))?.[1]
  assert.ok(Date.parse(expires ?? '') < Date.now(), named('expiredCookie'))
})

check(area, '/echoredirect leads to /echo, with its query', async server => {
  const answer = await server.post('/echoredirect/negotiate?negotiateVersion=1&a=b')
  assert.equal(answer.status, 307)
  assert.match(answer.headers['location'] ?? '', /\/echo\/negotiate\?negotiateVersion=1&a=b$/)
})

check(area, '/redirect/negotiate redirects to the base, and counts', async server => {
  const urlOf = async () => {
    const { status, body } = await server.post('/redirect/negotiate?baseUrl=http://example.test')
    assert.equal(status, 200)
    return JSON.parse(body).url as string
  }
  const [first, second] = [await urlOf(), await urlOf()]
  const count = (url: string) => Number(/^http:\/\/example\.test\/testHub\?numRedirects=(\d+)$/.exec(url)?.[1])
  assert.ok(count(second) > count(first), `${first}, ${second}`)
})

check(area, '/bad-negotiate refuses with 400 and a text', async server => {
  const { status, body } = await server.post('/bad-negotiate')
  assert.deepEqual({ status, body }, { status: 400, body: 'Some response from server' })
})

check(area, '/health is 200 when the server is ready', async server => {
  assert.equal((await server.get('/health')).status, 200)
})

check(area, 'the scripts of the official client are there, as JavaScript', async server => {
  for (const path of [
    '/lib/signalr/signalr.js',
    '/lib/signalr/signalr-protocol-msgpack.js',
    '/lib/signalr-webworker/signalr.js',
  ]) {
    const answer = await server.get(path)
    assert.equal(answer.status, 200, path)
    assert.match(facts(answer).headers['content-type'] ?? '', /^text\/javascript/)
    assert.match(answer.body, /signalR/)
  }
})

check(area, 'a token names its user and role', async server => {
  const token = (await server.get('/generateJwtToken?user=ann&role=admin&seconds=60')).body
  const [, payload] = token.split('.')
  const claims = Object.values(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString()))
  assert.ok(claims.includes('ann') && claims.includes('admin'), JSON.stringify(claims))
})
