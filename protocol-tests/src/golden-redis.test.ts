import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { captureRedis } from './golden-redis.js'
import { withRedisCluster } from './golden-redis-cluster.js'
import { prepare, type ReferenceServerName, referenceServers } from './reference-servers.js'

/** Servers start, and the first time the C# one is built. */
const timeoutMs = 120_000

const recorded = callsOf(readFileSync(new URL('../golden/redis.txt', import.meta.url), 'utf8'))

/**
 * The last publication of these calls is not made by Signalbox. It sends one copy to a user who is named twice, see
 * packages/redis/README.md, and to a connection of its own it writes without Redis in a list too, where ASP.NET Core
 * does so only for a single one.
 */
const callsWithOneLess = [
  'SendUsers [["ann","bob","ann"],"hello"]',
  'SendConnections [["<remote>","<binary>","<caller>"],"hello"]',
]

interface Call {
  readonly call: string
  readonly published: readonly string[]
}

describe('What two nodes publish in Redis', () => {
  it('is what ASP.NET Core published, when they are Signalbox', async function () {
    this.timeout(timeoutMs)
    if (!hasAll('redis-server')) return this.skip()
    expectCalls(await capture('signalbox'), recorded.map(asSignalbox))
  })

  it('is what ASP.NET Core published, when they are ASP.NET Core', async function () {
    this.timeout(timeoutMs)
    if (!hasAll('redis-server', 'dotnet')) return this.skip()
    expectCalls(await capture('dotnet'), recorded)
  })

  it('is recorded for the calls in which Signalbox differs', () => {
    expect(recorded.map(({ call }) => call)).to.include.members(callsWithOneLess)
  })
})

/** Call by call, so that a failure shows the one and not thousands of digits. */
function expectCalls(actual: readonly Call[], expected: readonly Call[]): void {
  for (const [index, { call, published }] of actual.entries()) {
    expect(call).to.equal(expected[index]?.call)
    expect(published, call).to.deep.equal(expected[index]?.published)
  }
  expect(actual).to.have.lengthOf(expected.length)
}

async function capture(name: ReferenceServerName): Promise<Call[]> {
  await prepare(name)
  return callsOf(await withRedisCluster(referenceServers[name], captureRedis))
}

function callsOf(text: string): Call[] {
  const [, ...calls] = text.split(/^> /m)
  return calls.map(lines => {
    const [call = '', ...published] = lines.trimEnd().split('\n')
    return { call, published }
  })
}

function asSignalbox({ call, published }: Call): Call {
  return { call, published: callsWithOneLess.includes(call) ? published.slice(0, -1) : published }
}

/** A developer's machine may lack them; in CI nothing is left out. */
function hasAll(...tools: readonly string[]): boolean {
  const missing = tools.filter(tool => spawnSync(tool, ['--version']).status !== 0)
  if (missing.length > 0 && process.env['CI'] === 'true') throw new Error(`${missing.join(' and ')} not installed`)
  return missing.length === 0
}
