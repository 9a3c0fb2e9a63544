import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { ChatServer } from '../chat/chat-server.js'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { ChatPage, type TransportChoice } from './chat-page.js'
import { findChromium, launchChromium } from './chromium.js'

/** The transports as the page names them, by the values of its list. */
const transports = [
  ['WebSockets', 'WebSockets'],
  ['ServerSentEvents', 'Server-Sent Events'],
  ['LongPolling', 'Long polling'],
] as const satisfies readonly (readonly [TransportChoice, string])[]

describeOnEachHost('the chat page in Chromium', function (host) {
  this.timeout(60_000)
  let browser: Browser
  let server: ChatServer
  let pages: ChatPage[] = []

  before(async function () {
    const path = findChromium()
    if (path === undefined) {
      if (process.env['CI'] === 'true') throw new Error('chromium is not installed')
      this.skip()
    }
    browser = await launchChromium(path)
  })
  after(() => browser?.close())

  beforeEach(async () => {
    server = await ChatServer.start({ host })
  })
  afterEach(async () => {
    const errors = pages.flatMap(page => page.errors)
    await Promise.all(pages.map(page => page.close()))
    pages = []
    await server.stop()
    expect(errors, 'errors the pages did not catch').to.be.empty
  })

  async function open(size?: { width: number; height: number }): Promise<ChatPage> {
    const page = await ChatPage.open(browser, server.url, size)
    pages.push(page)
    return page
  }

  for (const [transport, words] of transports) {
    describe(`over ${transport}`, () => {
      it('carries a talk between two pages', async () => {
        const [ada, grace] = [await open(), await open()]
        await ada.join('Ada', transport)
        await grace.join('Grace', transport)
        await ada.showsPerson('Grace', words)

        await ada.say('Good morning')
        await grace.showsMessage('Ada', 'Good morning')
        await grace.say('Good morning to you')
        await ada.showsMessage('Grace', 'Good morning to you')
        expect(await ada.messages().count()).to.equal(2)
      })

      it('shows who joined and who left', async () => {
        const [ada, grace, linus] = [await open(), await open(), await open()]
        await ada.join('Ada', transport)
        await grace.join('Grace', transport)
        await ada.showsNotice('Grace joined')
        await linus.join('Linus', transport)
        await ada.showsNotice('Linus joined')

        await grace.leave()
        await ada.showsNotice('Grace left')
        expect(await ada.page.getByTestId('person').count()).to.equal(2)
      })

      for (const [end, how] of [
        ['stop', 'a restart'],
        ['kill', 'a crash'],
      ] as const) {
        it(`reconnects after ${how} of the server`, async () => {
          const [ada, grace] = [await open(), await open()]
          await ada.join('Ada', transport)
          await grace.join('Grace', transport)

          await server[end]()
          await ada.showsState('Reconnecting')
          await grace.showsState('Reconnecting')
          server = await server.startAgain()
          await ada.showsState('Connected')
          await grace.showsState('Connected')
          await ada.showsPerson('Grace', words)

          await ada.say('Still there?')
          await grace.showsMessage('Ada', 'Still there?')
        })
      }
    })
  }

  it('talks across transports', async () => {
    const chats = await Promise.all(transports.map(async ([transport]) => ({ transport, page: await open() })))
    for (const { transport, page } of chats) await page.join(`By ${transport}`, transport)
    for (const { transport, page } of chats) await page.say(`Sent by ${transport}`)
    for (const { page } of chats) {
      for (const [transport] of transports) await page.showsMessage(`By ${transport}`, `Sent by ${transport}`)
    }
  })

  it('chooses WebSockets when it may choose', async () => {
    const ada = await open()
    await ada.join('Ada', 'auto')
    await ada.showsPerson('Ada', 'WebSockets · you')
  })

  it('notices a window that was closed without leaving', async () => {
    const [ada, grace] = [await open(), await open()]
    await ada.join('Ada', 'WebSockets')
    await grace.join('Grace', 'WebSockets')
    await ada.showsNotice('Grace joined')
    await grace.close()
    await ada.showsNotice('Grace left')
  })

  it('shows markup that people write as text', async () => {
    const ada = await open()
    const markup = '<img src=x onerror="document.title=1"><b>bold</b>'
    await ada.join('<i>Ada</i>', 'auto')
    await ada.say(markup)
    await ada.showsMessage('<i>Ada</i>', markup)
    expect(await ada.messages().locator('img, b b, i').count()).to.equal(0)
  })

  it('shows who is typing until they send', async () => {
    const [ada, grace] = [await open(), await open()]
    await ada.join('Ada', 'auto')
    await grace.join('Grace', 'auto')
    await grace.page.getByTestId('message-input').fill('Let me th')
    await ada.page.getByText('Grace is typing…').waitFor()
    await grace.say('Let me think')
    await ada.page.getByText('Grace is typing…').waitFor({ state: 'hidden' })
  })

  it('says why it could not connect, and lets one try again', async () => {
    const ada = await open()
    await server.stop()
    await ada.page.getByLabel('Your name').fill('Ada')
    await ada.page.getByRole('button', { name: 'Join the chat' }).click()
    await ada.page.getByRole('alert').filter({ hasText: 'Could not connect' }).waitFor()
    server = await server.startAgain()
    await ada.join('Ada', 'auto')
  })

  it('fits a phone without scrolling sideways', async () => {
    const ada = await open({ width: 360, height: 640 })
    await ada.join('Ada', 'auto')
    await ada.say('a long word '.repeat(20) + 'x'.repeat(200))
    await ada.showsMessage('Ada', 'a long word')
    const log = await ada.page.getByRole('log').boundingBox()
    const button = await ada.page.getByRole('button', { name: 'Send' }).boundingBox()
    const sizes = '[document.documentElement.scrollWidth, document.querySelector("#log").scrollWidth, innerHeight]'
    const [pageWidth, logWidth, height] = await ada.page.evaluate<[number, number, number]>(sizes)
    expect(pageWidth).to.be.at.most(360)
    expect(logWidth).to.be.at.most(Math.ceil(log?.width ?? 0))
    expect((button?.y ?? Number.POSITIVE_INFINITY) + (button?.height ?? 0)).to.be.at.most(height)
  })
})
