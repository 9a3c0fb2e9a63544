import { within } from './deadline.js'
import { answerFrom, type HttpAnswer, type HttpExchange } from './http-exchange.js'

/** An event stream as bytes: what an EventSource would hide. */
export class EventStream {
  /** Status and headers; the body is empty, it is still to come. */
  readonly answer: HttpAnswer
  /** 'end' when the body ended as HTTP says, else what cut it off. */
  readonly ended: Promise<string>
  #text = ''
  /** Comments behind an event mean nothing to clients, and are left out. */
  #isBehindEvent = false
  #wake: (() => void) | undefined

  static async open(exchange: HttpExchange): Promise<EventStream> {
    const response = await within(exchange.response, 'the event stream')
    return new EventStream(answerFrom(response, Buffer.alloc(0)), response)
  }

  private constructor(answer: HttpAnswer, response: NodeJS.ReadableStream) {
    this.answer = answer
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      this.#text += text
      this.#wake?.()
    })
    this.ended = new Promise(resolve => {
      response.on('end', () => resolve('end'))
      response.on('error', error => resolve(error.message))
    })
  }

  /** The text up to and with `last`, and nothing behind it is lost. */
  async readTo(last: string): Promise<string> {
    await within(this.#until(last), `${JSON.stringify(last)} in the event stream`)
    const end = this.#text.indexOf(last) + last.length
    const text = this.#text.slice(0, end)
    this.#text = this.#text.slice(end)
    this.#isBehindEvent = text.endsWith('\r\n\r\n')
    return text
  }

  /** All that comes until the stream ends. */
  async readToEnd(): Promise<string> {
    await within(this.ended, 'the end of the event stream')
    this.#leaveOutComments()
    return this.#text
  }

  async #until(last: string): Promise<void> {
    for (this.#leaveOutComments(); !this.#text.includes(last); this.#leaveOutComments()) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  #leaveOutComments(): void {
    this.#text = this.#text.replaceAll('\r\n\r\n:\r\n', '\r\n\r\n')
    if (this.#isBehindEvent && this.#text.startsWith(':\r\n')) this.#text = this.#text.slice(':\r\n'.length)
  }
}
