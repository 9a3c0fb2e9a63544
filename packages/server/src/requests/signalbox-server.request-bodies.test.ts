import { setImmediate as nextTurn } from 'node:timers/promises'
import { ConfigurationError } from '@signalbox/abstractions'
import { RawConnection } from '@signalbox/conformance'
import { expect } from 'chai'
import {
  createServer,
  type IncomingRequest,
  type MapRequestOptions,
  RequestBodyError,
  type RequestHandler,
  type SignalboxServer,
  silentLogger,
} from '../index.js'
import { hostFactories } from '../testing/host-factories.js'

const json = { 'Content-Type': 'application/json' }

for (const { title: name, create: createHost } of hostFactories)
  describe(`the body of a request, on ${name}`, () => {
    let server: SignalboxServer
    let port: number
    let url: string
    let warnings: string[]
    let errors: unknown[]

    beforeEach(async () => {
      warnings = []
      errors = []
      const logger = {
        ...silentLogger,
        warn: (message: string) => void warnings.push(message),
        error: (_: string, error: unknown) => void errors.push(error),
      }
      server = createServer({ logger, host: createHost() })
      ;({ port, url } = await server.listen(0))
    })

    afterEach(() => server.close())

    function serve(read: (request: IncomingRequest) => Promise<unknown>, options?: MapRequestOptions): void {
      const handler: RequestHandler = async request => ({ status: 200, body: JSON.stringify(await read(request)) })
      server.mapRequest(['POST', 'DELETE'], '/items', handler, options)
    }

    async function post(body: RequestInit['body'], headers: Record<string, string> = json): Promise<string> {
      const response = await fetch(`${url}/items`, { method: 'POST', body, headers, duplex: 'half' } as RequestInit)
      return `${response.status} ${await response.text()}`
    }

    it('is there as JSON', async () => {
      serve(request => request.json())
      expect(await post('{"name":"café"}')).to.equal('200 {"name":"café"}')
    })

    it('is there as text', async () => {
      serve(request => request.text())
      expect(await post('café', {})).to.equal('200 "café"')
    })

    it('is there as bytes', async () => {
      serve(async request => [...(await request.bytes())])
      expect(await post(new Uint8Array([0, 255, 7]))).to.equal('200 [0,255,7]')
    })

    it('may be read late, and again', async () => {
      serve(async request => {
        await nextTurn()
        await nextTurn()
        return [await request.json(), await request.text()]
      })
      expect(await post('[1]')).to.equal('200 [[1],"[1]"]')
    })

    it('may come in pieces', async () => {
      serve(request => request.text())
      const pieces = new ReadableStream({
        async pull(controller) {
          for (const piece of ['[1,', '2]']) {
            controller.enqueue(Buffer.from(piece))
            await nextTurn()
          }
          controller.close()
        },
      })
      expect(await post(pieces)).to.equal('200 "[1,2]"')
    })

    it('is empty when there is none', async () => {
      serve(request => request.text())
      expect(await post(null)).to.equal('200 ""')
    })

    it('may be left alone', async () => {
      serve(async ({ method }) => method)
      expect(await post('x'.repeat(100_000))).to.equal('200 "POST"')
    })

    it('belongs to DELETE as well', async () => {
      serve(request => request.text())
      const response = await fetch(`${url}/items`, { method: 'DELETE', body: 'why' })
      expect(await response.text()).to.equal('"why"')
    })

    for (const body of ['{', '', '\u{feff}{', new Uint8Array([0x22, 0xff, 0x22])])
      it(`that is no JSON is answered 400: ${JSON.stringify(body)}`, async () => {
        serve(request => request.json())
        expect(await post(body)).to.equal('400 The body is no JSON.')
        expect([errors, warnings]).to.deep.equal([[], []])
      })

    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])
      it(`is no JSON when it says it is ${type}: 415`, async () => {
        serve(request => request.json())
        expect(await post('{}', { 'Content-Type': type })).to.equal('415 The content type must be application/json.')
      })

    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/problem+json'])
      it(`is JSON when it says it is ${type}`, async () => {
        serve(request => request.json())
        expect(await post('{}', { 'Content-Type': type })).to.equal('200 {}')
      })

    for (const [how, read] of [
      ['JSON', request => request.json()],
      ['text', request => request.text()],
      ['bytes', request => request.bytes()],
    ] as readonly [string, (request: IncomingRequest) => Promise<unknown>][])
      it(`that is too large is answered 413 by name of the option, read as ${how}`, async () => {
        serve(read, { maximumRequestBodySizeBytes: 10 })
        expect(await post('"12345678"')).to.match(/^200 /)
        const text = 'The body has more than 10 bytes (maximumRequestBodySizeBytes).'
        expect(await post('"123456789"')).to.equal(`413 ${text}`)
        expect(warnings).to.deep.equal([`A request to /items is refused: ${text}`])
      })

    it('is limited to 1 MiB by default', async () => {
      serve(async request => (await request.bytes()).length)
      expect(await post('x'.repeat(1_048_576))).to.equal('200 1048576')
      expect(await post('x'.repeat(1_048_577))).to.match(/^413 /)
    })

    it('lets its handler catch what is wrong with it', async () => {
      serve(async request => {
        const error: unknown = await request.json().catch((error: unknown) => error)
        return error instanceof RequestBodyError && [error.code, error.status]
      })
      expect(await post('{')).to.equal('200 ["SIGNALR_REQUEST_BODY",400]')
    })

    it('ends nothing when its handler does not wait for it', async () => {
      serve(async request => {
        void request.json()
        void request.text()
        return 'done'
      })
      expect(await post('{')).to.equal('200 "done"')
    })

    it('that is cut off rejects, and is nobody’s error', async () => {
      let cut!: (error: unknown) => void
      const rejected = new Promise(resolve => {
        cut = resolve
      })
      let started!: () => void
      const hasStarted = new Promise<void>(resolve => {
        started = resolve
      })
      serve(request => {
        started()
        return request.bytes().catch((error: unknown) => {
          cut(error)
          throw error
        })
      })
      const connection = await RawConnection.open(port)
      connection.write('POST /items HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc')
      await hasStarted
      connection.vanish()
      expect(await rejected)
        .to.be.instanceOf(RequestBodyError)
        .with.property('status', 400)
      expect(errors).to.deep.equal([])
    })
  })

describe('maximumRequestBodySizeBytes', () => {
  for (const [value, shown] of [
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    ['1mb', "the text '1mb'"],
  ])
    it(`refuses ${value}, by name`, () => {
      const options = { maximumRequestBodySizeBytes: value as number }
      expect(() => createServer({ logger: silentLogger }).mapRequest('/x', () => undefined, options))
        .to.throw(ConfigurationError, `but is ${shown}.`)
        .with.property('option', 'maximumRequestBodySizeBytes')
    })

  it('is found when it is misspelt', () => {
    const options = { maximumRequestBodySize: 1 } as MapRequestOptions
    expect(() => createServer({ logger: silentLogger }).mapRequest('/x', () => undefined, options)).to.throw(
      ConfigurationError,
      "mapRequest has no option 'maximumRequestBodySize': did you mean 'maximumRequestBodySizeBytes'.",
    )
  })
})
