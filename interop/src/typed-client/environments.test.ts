import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { createServer, type SignalboxServer, silentLogger } from 'signalbox'
import { findChromium, launchChromium } from '../browser/chromium.js'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { ChatHub } from './chat-hub.js'

describeOnEachHost('the typed client', host => {
  let server: SignalboxServer
  let url: string

  beforeEach(async () => {
    server = createServer({ host: host.create(), logger: silentLogger })
    server.mapHub('/chat', ChatHub)
    url = (await server.listen(0)).url
  })
  afterEach(() => server.close())

  it('can be required from CommonJS', async () => {
    const program = fileURLToPath(new URL('common-js-guest.cjs', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [program, `${url}/chat`], { timeout: 20_000 })
    expect(stdout).to.equal('5\n')
  })

  it('works in a page without a bundler', async function () {
    this.timeout(60_000)
    const executable = findChromium()
    if (executable === undefined) {
      if (process.env['CI'] === 'true') throw new Error('chromium is not installed')
      this.skip()
    }
    mapPage(server)
    const browser = await launchChromium(executable)
    try {
      const page = await browser.newPage()
      await page.goto(`${url}/page`)
      expect(await page.evaluate(chatInPage)).to.deep.equal({
        said: 'joined lobby',
        sum: 6,
        counted: [3, 2],
        persuaded: 'agreed',
      })
    } finally {
      await browser.close()
    }
  })
})

/** A page with the official client's script, and the package's files beside it as they are published. */
function mapPage(server: SignalboxServer): void {
  const map = (path: string, type: string, body: string | Buffer) =>
    server.mapRequest(path, () => ({ status: 200, headers: { 'Content-Type': type }, body }))
  map('/page', 'text/html', '<script src="/signalr.js"></script>')
  const { resolve } = createRequire(import.meta.url)
  map('/signalr.js', 'text/javascript', readFileSync(resolve('@microsoft/signalr/dist/browser/signalr.js')))
  const folder = new URL('.', import.meta.resolve('@signalbox/typed-client'))
  for (const file of ['index.js', 'typed-hub.js', 'hub-call.js', 'hub-stream.js', 'upload.js'])
    map(`/typed-client/${file}`, 'text/javascript', readFileSync(new URL(file, folder)))
}

/** Runs in the page: nothing outside of this function is there. */
async function chatInPage() {
  const module = '/typed-client/index.js'
  const { typedHub }: typeof import('@signalbox/typed-client') = await import(module)
  const { signalR } = globalThis as unknown as { signalR: typeof import('@microsoft/signalr') }
  const connection = new signalR.HubConnectionBuilder().withUrl('/chat').build()
  await connection.start()
  const chat = typedHub<ChatHub>(connection)

  const said = new Promise<string>(resolve => chat.on.message((_from, text) => resolve(text)))
  chat.on.confirm(() => true)
  await chat.invoke.join('lobby')
  async function* numbers() {
    yield* [1, 2, 3]
  }
  const counted: number[] = []
  for await (const number of chat.stream.countdown(3)) {
    counted.push(number)
    if (number === 2) break
  }
  return {
    said: await said,
    sum: await chat.invoke.sum(numbers()),
    counted,
    persuaded: await chat.invoke.persuade('Tea?'),
  }
}
