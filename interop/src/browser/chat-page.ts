import type { Browser, Locator, Page } from 'playwright-core'

/** What the page's transport list offers. */
export type TransportChoice = 'auto' | 'WebSockets' | 'ServerSentEvents' | 'LongPolling'

/**
 * The chat page in a browser window of its own, in the words of someone who uses it. Each `shows…` waits until it does.
 */
export class ChatPage {
  readonly page: Page
  /** Errors the page did not catch. */
  readonly errors: Error[] = []

  private constructor(page: Page) {
    this.page = page
    page.on('pageerror', error => this.errors.push(error))
  }

  static async open(browser: Browser, url: string, size = { width: 1024, height: 720 }): Promise<ChatPage> {
    const context = await browser.newContext({ viewport: size })
    const chat = new ChatPage(await context.newPage())
    await chat.page.goto(url)
    return chat
  }

  async join(name: string, transport: TransportChoice): Promise<void> {
    await this.page.getByLabel('Your name').fill(name)
    await this.page.getByLabel('Transport').selectOption(transport)
    await this.page.getByRole('button', { name: 'Join the chat' }).click()
    await this.showsState('Connected')
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message', { exact: true }).fill(text)
    await this.page.getByRole('button', { name: 'Send' }).click()
  }

  async leave(): Promise<void> {
    await this.page.getByRole('button', { name: 'Leave' }).click()
    await this.showsState('Not connected')
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }

  showsState(words: string): Promise<void> {
    return this.page.getByTestId('connection-state').filter({ hasText: words }).waitFor()
  }

  showsMessage(from: string, text: string): Promise<void> {
    return this.messages().filter({ hasText: from }).filter({ hasText: text }).waitFor()
  }

  showsNotice(text: string): Promise<void> {
    return this.page.getByTestId('notice').filter({ hasText: text }).last().waitFor()
  }

  /** Someone in the list of those present, on this transport as the page words it. */
  showsPerson(name: string, transport: string): Promise<void> {
    return this.page.getByTestId('person').filter({ hasText: name }).filter({ hasText: transport }).waitFor()
  }

  messages(): Locator {
    return this.page.getByTestId('message')
  }
}
