import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { expect } from 'chai'
import {
  ConfigurationError,
  createPrincipal,
  createServer,
  Hub,
  nodeHost,
  type SignalboxServer,
  silentLogger,
  type TlsFiles,
} from '../index.js'
import { ann, authority, stranger } from '../testing/certificates.js'
import { hostFactories } from '../testing/host-factories.js'

class ChatHub extends Hub {}

/** Who shows nothing, is nobody. */
const nothing = { certificate: undefined, key: undefined }

describe('a server that asks clients for certificates', () => {
  let folder: string
  let files: TlsFiles
  let server: SignalboxServer
  let port: number

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-'))
    const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
    await writeFile(certificateFile, authority.certificate)
    await writeFile(keyFile, authority.key)
    files = { certificateFile, keyFile, clientCertificateAuthorityFile: certificateFile }
  })
  after(() => rm(folder, { recursive: true }))

  async function serve(options: Partial<TlsFiles>, trustedProxies: string[] = []): Promise<void> {
    server = createServer({
      host: nodeHost(),
      logger: silentLogger,
      trustedProxies,
      authenticate: ({ clientCertificate }) =>
        clientCertificate && createPrincipal({ userId: clientCertificate.subject.replace('CN=', '') }),
    })
    server.mapHub('/chat', ChatHub, { authorize: true })
    server.mapRequest('/who', ({ clientCertificate }) => ({
      status: 200,
      body: clientCertificate?.subject ?? 'nobody',
    }))
    port = (await server.listen(0, '127.0.0.1', { ...files, ...options })).port
  }

  afterEach(() => server?.close({ drainTimeoutMs: 0 }))

  /** Each agent keeps its TLS sessions, and none of its connections. */
  const agentOf = ({ certificate, key }: { certificate: string | undefined; key: string | undefined }) =>
    new Agent({ ca: authority.certificate, cert: certificate, key })

  async function ask(agent: Agent, method: string, path: string, headers = {}) {
    const sent = request({ agent, method, path, headers, host: '127.0.0.1', port }).end()
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      sent.once('response', resolve).once('error', reject),
    )
    const isResumed = (answer.socket as TLSSocket).isSessionReused()
    return { status: answer.statusCode!, body: await text(answer), isResumed }
  }

  it('shows them to authenticate', async () => {
    await serve({})

    const agent = agentOf(ann)
    expect((await ask(agent, 'POST', '/chat/negotiate?negotiateVersion=1')).status).to.equal(200)
    expect((await ask(agent, 'GET', '/who')).body).to.equal('CN=ann')
  })

  it('shows them in a TLS session that is resumed, too', async () => {
    await serve({})
    const agent = agentOf(ann)

    const answers = [await ask(agent, 'GET', '/who'), await ask(agent, 'GET', '/who'), await ask(agent, 'GET', '/who')]

    expect(answers.map(({ body }) => body)).to.deep.equal(['CN=ann', 'CN=ann', 'CN=ann'])
    expect(answers.at(-1)!.isResumed).to.equal(true)
  })

  for (const [who, shown] of [
    ['shows none', nothing],
    ['shows one that the authority has not signed', stranger],
  ] as const) {
    it(`lets nobody connect who ${who}`, async () => {
      await serve({})

      const outcome = await ask(agentOf(shown), 'GET', '/who').catch(() => 'refused')

      expect(outcome).to.equal('refused')
    })

    it(`takes for nobody who ${who}, where certificates are allowed and not required`, async () => {
      await serve({ clientCertificateMode: 'AllowCertificate' })

      const agent = agentOf(shown)
      expect((await ask(agent, 'POST', '/chat/negotiate?negotiateVersion=1')).status).to.equal(401)
      expect((await ask(agent, 'GET', '/who')).body).to.equal('nobody')
    })
  }

  it("does not take the certificate of a proxy for the client's", async () => {
    await serve({}, ['127.0.0.1'])

    const agent = agentOf(ann)
    expect((await ask(agent, 'GET', '/who', { 'X-Forwarded-For': '203.0.113.9' })).body).to.equal('nobody')
    expect((await ask(agent, 'GET', '/who')).body).to.equal('CN=ann')
  })

  describe('set up wrongly', () => {
    async function mistakeOf(options: object, create = nodeHost as (typeof hostFactories)[number]['create']) {
      server = createServer({ host: create(), logger: silentLogger })
      return server.listen(0, '127.0.0.1', { ...files, ...options }).catch((error: unknown) => error)
    }

    it('refuses a mode that it does not know', async () => {
      const mistake = await mistakeOf({ clientCertificateMode: 'require' })

      expect(mistake).to.be.instanceOf(ConfigurationError).with.property('option', 'clientCertificateMode')
    })

    it('refuses a mode without an authority', async () => {
      const options = { clientCertificateMode: 'AllowCertificate', clientCertificateAuthorityFile: undefined }

      const mistake = await mistakeOf(options)

      expect(mistake).to.be.instanceOf(ConfigurationError).with.property('option', 'clientCertificateAuthorityFile')
    })

    it('refuses an authority that is not there', async () => {
      const mistake = await mistakeOf({ clientCertificateAuthorityFile: '/nowhere.pem' })

      expect(mistake).to.be.instanceOf(ConfigurationError).with.property('option', 'tls')
    })

    for (const { title, create } of hostFactories.filter(({ title }) => title === 'uWebSockets.js'))
      it(`refuses it on ${title}, which could not show them`, async () => {
        const mistake = await mistakeOf({}, create)

        expect(mistake).to.be.instanceOf(ConfigurationError, 'nodeHost()')
        expect(mistake).to.have.property('option', 'clientCertificateAuthorityFile')
      })
  })
})
