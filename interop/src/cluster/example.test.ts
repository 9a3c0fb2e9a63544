import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { within } from '../clients/deadline.js'
import { needsRedisAndDotnet } from './needs-redis-and-dotnet.js'

const program = fileURLToPath(new URL('../../../packages/redis/examples/mixed-cluster/run.mjs', import.meta.url))

describe('the example of a mixed cluster', () => {
  needsRedisAndDotnet()
  let example: ChildProcess | undefined
  // Where it did not end as it should.
  after(() => example?.kill())

  it('lets two people on two servers talk, and ends with Ctrl-C', async () => {
    example = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(example, 'exit')
    const printed: string[] = []
    for await (const line of createInterface({ input: example.stdout! })) {
      printed.push(line)
      if (line.includes('Ctrl-C')) example.kill('SIGINT')
    }
    expect(await within(ended, 'the example to end')).to.deep.equal([0, null])
    expect(printed.slice(2, -1)).to.deep.equal([
      'ann hears ann: Hello, Bob! (over Node)',
      'bob hears ann: Hello, Bob! (over Node)',
      'ann hears bob: Hello, Ann! (over ASP.NET Core)',
      'bob hears bob: Hello, Ann! (over ASP.NET Core)',
      'bob asks ann, who answers: Tea? Yes, please, says ann.',
      'ann asks bob, who answers: Milk? Yes, please, says bob.',
    ])
    const [nodeUrl, dotnetUrl] = printed[1]!.match(/http:\/\/[^/]+/g)!
    for (const url of [nodeUrl, dotnetUrl]) expect(await fetch(url!).catch(() => 'gone')).to.equal('gone')
  }).timeout(120_000)
})
