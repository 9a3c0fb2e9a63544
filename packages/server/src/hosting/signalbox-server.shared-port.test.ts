import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { requestOnce } from '@signalbox/conformance'
import { expect } from 'chai'
import { ConfigurationError, createServer, silentLogger, uwsHost } from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

const program = fileURLToPath(new URL('../testing/shared-port-server.js', import.meta.url))
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const hasReusePort = major > 23 || (major === 23 && minor >= 1)

describe('A port that is shared', () => {
  const children: ChildProcess[] = []

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.disconnect()
      await once(child, 'exit')
    }
  })

  function start(...args: readonly string[]): ChildProcess {
    const child = fork(program, args)
    children.push(child)
    return child
  }

  /** What a process says of itself: its port, or why it has none. */
  const told = async (child: ChildProcess): Promise<unknown> => ((await once(child, 'message')) as [unknown])[0]

  /**
   * Each request comes on a connection of its own, until two processes have answered; a test that waits for the second
   * in vain times out.
   */
  async function answerers(port: number): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    while (found.size < 2) found.add((await requestOnce(port, { path: '/' })).body.toString())
    return found
  }

  async function expectTwoProcessesToShare(title: string): Promise<void> {
    const first = start(title, '0')
    const port = await told(first)
    expect(port).to.be.a('number')
    const second = start(title, String(port))
    expect(await told(second)).to.equal(port)

    expect(await answerers(port as number)).to.deep.equal(new Set([String(first.pid), String(second.pid)]))
  }

  for (const { title, create } of hostFactories)
    if (create === uwsHost || hasReusePort) {
      it(`has connections of two processes on ${title}`, () => expectTwoProcessesToShare(title))

      it(`is an error for one that does not share it, on ${title}`, async () => {
        const port = (await told(start(title, '0'))) as number
        const error = await createServer({ host: create(), logger: silentLogger })
          .listen(port)
          .catch((reason: unknown) => reason)

        expect(error).to.be.instanceOf(ConfigurationError).with.property('option', 'port')
      })
    } else
      it(`is a ConfigurationError where it cannot be, on ${title}`, async () => {
        const error = await createServer({ host: create(), logger: silentLogger })
          .listen({ port: 0, shared: true })
          .catch((reason: unknown) => reason)

        expect(error).to.be.instanceOf(ConfigurationError).with.property('option', 'shared')
        expect((error as Error).message).to.match(/^shared: node:http shares a port only among workers of node:cluster/)
      })

  it('has connections of two workers of node:cluster on node:http', async () => {
    const port = (await told(start('node:http', '0', 'cluster'))) as number

    expect(await answerers(port)).to.have.property('size', 2)
  })
})
