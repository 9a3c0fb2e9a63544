import { type Backplane, DefaultHubLifetimeManager } from '@signalbox/hubs'
import { expect } from 'chai'
import {
  ConfigurationError,
  createServer,
  nodeHost,
  type ServerExtension,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { RecordingLogger } from '../testing/recording-logger.js'

const fail = (): never => {
  throw new Error('broken')
}

describe('SignalboxServer: the life of extensions', () => {
  const told: string[] = []
  const logger = new RecordingLogger()
  let server: SignalboxServer

  beforeEach(() => {
    told.length = 0
    logger.lines.length = 0
  })

  afterEach(() => server.close({ drainTimeoutMs: 0 }))

  const create = (...extensions: ServerExtension[]): SignalboxServer => {
    server = createServer({ host: nodeHost(), logger, extensions })
    return server
  }

  const telling = (name: string): ServerExtension => ({
    name,
    async start(started) {
      told.push(`${name} starts, ${started.isReady ? 'ready' : 'not ready'}`)
    },
    drain: () => void told.push(`${name} drains`),
    close: () => void told.push(`${name} closes`),
  })

  it('begins before the first request, and ends with the server', async () => {
    create(telling('a'), telling('b'))
    await server.listen(0)
    await server.listen(0)
    expect(told).to.deep.equal(['a starts, not ready', 'b starts, not ready'])
    server.drain()
    expect(told.slice(2)).to.deep.equal(['a drains', 'b drains'])
    await server.close()
    expect(told.slice(4)).to.deep.equal(['a closes', 'b closes'])
    await server.listen(0)
    expect(told.slice(6)).to.deep.equal(['a starts, not ready', 'b starts, not ready'])
  })

  it('may need time to drain, which close gives up to its time-out', async () => {
    create({ name: 'slow', drain: () => new Promise(() => {}) }, telling('b'))
    await server.listen(0)
    await server.close({ drainTimeoutMs: 20 })
    expect(told).to.deep.equal(['b starts, not ready', 'b drains', 'b closes'])
  })

  it('keeps no server from ending', async () => {
    create({ name: 'bad', drain: fail, close: async () => fail() }, telling('b'))
    await server.listen(0)
    await server.close()
    expect(told.at(-1)).to.equal('b closes')
    expect(logger.lines).to.deep.equal([
      "drain of the extension 'bad' failed. Error: broken",
      "close of the extension 'bad' failed. Error: broken",
    ])
  })

  it('lets go of its ports though a backplane does not close', async () => {
    let mayClose = false
    const backplane: Backplane = {
      isReady: true,
      createLifetimeManager: () => new DefaultHubLifetimeManager(),
      close: async () => {
        if (!mayClose) fail()
      },
    }
    create({ name: 'bad', backplane })
    const { port } = await server.listen(0)
    const error: Error = await server.close().catch(reason => reason)
    expect(error).to.have.property('message', 'broken')
    expect(await server.listen(port)).to.have.property('port', port)
    mayClose = true
  })

  it('that does not begin fails listen, says why, and may be tried again', async () => {
    let mayStart = false
    create(telling('a'), { name: 'db', start: async () => void (mayStart || fail()) })
    const error: ConfigurationError = await server.listen(0).catch(reason => reason)
    expect(error).to.be.instanceOf(ConfigurationError)
    expect(error.message).to.equal("start of the extension 'db' failed.")
    expect(error.cause).to.have.property('message', 'broken')
    expect(server.health.entries.at(-1)).to.deep.equal({
      name: 'db',
      status: 'Unhealthy',
      reason: 'It has not started.',
    })
    mayStart = true
    await server.listen(0)
    expect(told).to.deep.equal(['a starts, not ready'])
    expect(server.isReady).to.equal(true)
  })
})

describe('server.health', () => {
  let server: SignalboxServer
  const logger = new RecordingLogger()

  afterEach(() => server.close({ drainTimeoutMs: 0 }))

  const entry = (name: string) => server.health.entries.find(one => one.name === name)

  it('says whether the server listens, and drains', async () => {
    server = createServer({ host: nodeHost(), logger })
    expect(server.health).to.deep.equal({
      status: 'Unhealthy',
      node: server.node,
      entries: [{ name: 'server', status: 'Unhealthy', reason: 'It does not listen.' }],
    })
    await server.listen(0)
    expect(server.health.entries).to.deep.equal([{ name: 'server', status: 'Healthy' }])
    server.drain()
    expect(entry('server')).to.deep.include({ status: 'Unhealthy', reason: 'It takes no more connections.' })
  })

  it('has the worst of all, and an extension that is not healthy makes the server not ready', async () => {
    let status: 'Healthy' | 'Degraded' | 'Unhealthy' = 'Degraded'
    server = createServer({ host: nodeHost(), logger, extensions: [{ name: 'db', health: () => ({ status }) }] })
    await server.listen(0)
    expect([server.health.status, server.isReady]).to.deep.equal(['Degraded', true])
    status = 'Unhealthy'
    expect([server.health.status, server.isReady]).to.deep.equal(['Unhealthy', false])
  })

  for (const [what, health] of [
    ['throws', fail],
    ['promises', async () => ({ status: 'Healthy' })],
    ['has no status', () => ({ status: 'fine' })],
  ] satisfies [string, () => unknown][])
    it(`takes an extension for unhealthy whose report ${what}, and the log names it`, async () => {
      const extension = { name: 'db', health } as ServerExtension
      server = createServer({ host: nodeHost(), logger, extensions: [extension] })
      logger.lines.length = 0
      expect(entry('db')).to.deep.equal({ name: 'db', status: 'Unhealthy', reason: 'Its hook health failed.' })
      expect(logger.lines[0]).to.match(/^health of the extension 'db' failed\./)
    })
})

describe('createServer: extensions', () => {
  const mistake = (...extensions: unknown[]): ConfigurationError => {
    try {
      createServer({ logger: silentLogger, extensions: extensions as ServerExtension[] })
    } catch (error) {
      return error as ConfigurationError
    }
    throw new Error('It was taken.')
  }

  for (const [extension, message] of [
    [
      { name: 'a', onConnect() {} },
      /^There is no hook 'onConnect', which the extension 'a' has; there are hosts, routes, /,
    ],
    [{ name: 'a', admitRequest: 7 }, 'admitRequest must be a function, but is 7.'],
    [{ name: 'a', routes: {} }, /^routes must be a list of/],
    [{ start() {} }, /name/],
    [() => {}, /^extensions\[0\] must be an extension/],
  ] as const)
    it(`refuses what is none: ${String(message)}`, () => {
      expect(mistake(extension)).to.be.instanceOf(ConfigurationError)
      expect(mistake(extension).message).to.match(typeof message === 'string' ? new RegExp(`^${message}`) : message)
    })

  it('refuses two of one name, and a route that is none', () => {
    expect(mistake({ name: 'a' }, { name: 'a' }).message).to.equal("There are two extensions of the name 'a'.")
    const route = { path: '/x', handler: () => undefined }
    expect(mistake({ name: 'a', routes: [{ ...route, path: 'x' }] })).to.have.property('option', 'path')
    expect(mistake({ name: 'a', routes: [route, route] })).to.have.property('option', 'path')
    expect(mistake({ name: 'a', routes: [{ ...route, method: 'FETCH' }] })).to.have.property('option', 'method')
    const option = 'maximumRequestBodySize'
    expect(mistake({ name: 'a', routes: [{ ...route, [option]: 1 }] })).to.have.property('option', option)
  })
})
