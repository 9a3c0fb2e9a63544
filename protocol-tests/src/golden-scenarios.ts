import { facts } from './drivers/answer-facts.js'
import { EventStream } from './drivers/event-stream.js'
import type { HttpAnswer } from './drivers/http-exchange.js'
import { fromHex } from './drivers/hub-message-stream.js'
import { handshake } from './drivers/hub-messages.js'
import { messagePack } from './drivers/messagepack-notation.js'
import { opcodes } from './drivers/raw-web-socket.js'
import type { ServerUnderTest } from './server-under-test.js'

/** A short conversation, written down line by line: `>` to the server, `<` from it. */
export interface GoldenScenario {
  /** Its file in golden/, without `.txt`. */
  readonly name: string
  capture(server: ServerUnderTest): Promise<string>
}

const echo = '{"type":1,"invocationId":"1","target":"Echo","arguments":["hello"]}\x1e'
const abort = '{"type":1,"target":"Abort","arguments":[]}\x1e'

export const goldenScenarios: readonly GoldenScenario[] = [
  {
    name: 'negotiate',
    capture: async server => {
      const transcript = new Transcript(server)
      for (const query of [
        '?negotiateVersion=1',
        '',
        '?negotiateVersion=1&useStatefulReconnect=true',
        '?negotiateVersion=-1',
        '?negotiateVersion=abc',
      ]) {
        await transcript.request('POST', `/testhub/negotiate${query}`)
      }
      return transcript.text
    },
  },
  {
    name: 'refusals',
    capture: async server => {
      const transcript = new Transcript(server)
      await transcript.request('GET', '/testhub')
      await transcript.request('GET', '/testhub?id=nope')
      await transcript.request('POST', '/testhub?id=nope')
      await transcript.request('DELETE', '/testhub')
      await transcript.request('PUT', '/testhub')
      await transcript.request('GET', '/testhub-nowebsockets?id=nope', undefined, { Accept: 'text/event-stream' })
      await transcript.request('POST', '/authorizedhub/negotiate')
      return transcript.text
    },
  },
  {
    name: 'long-polling',
    capture: async server => {
      const transcript = new Transcript(server)
      const path = await server.negotiatedPath('/testhub')
      await transcript.request('GET', path)
      await transcript.request('POST', path, handshake)
      await transcript.request('GET', path)
      await transcript.request('POST', path, echo)
      await transcript.request('GET', path)
      await transcript.request('POST', path, abort)
      await transcript.request('GET', path)
      await transcript.request('GET', path)
      await transcript.request('GET', path)
      return transcript.text
    },
  },
  {
    name: 'server-sent-events',
    capture: async server => {
      const transcript = new Transcript(server)
      const path = await server.negotiatedPath('/testhub')
      const headers = { Accept: 'text/event-stream' }
      const stream = await EventStream.open(server.start('GET', path, { headers }))
      transcript.add(`> GET ${path}`, ...headerLines({ ...stream.answer, body: await stream.readTo('\n') }))
      for (const body of [handshake, echo]) {
        await transcript.request('POST', path, body)
        transcript.add(`< ${visible(await stream.readTo('\r\n\r\n'))}`)
      }
      await server.post(path, abort)
      transcript.add(`> ${visible(abort)}`, `< ${visible(await stream.readToEnd())}`, `< ${await stream.ended}`)
      return transcript.text
    },
  },
  {
    name: 'web-sockets',
    capture: async server => {
      const transcript = new Transcript(server)
      const socket = await server.rawWebSocket('/testhub')
      transcript.add('> GET /testhub', ...headerLines(socket.answer))
      for (const text of [handshake, echo, abort]) {
        socket.sendText(text)
        transcript.add(`> text ${visible(text)}`, `< ${visible(await socket.next())}`)
      }
      transcript.add(`< ${await socket.next()}`)
      return transcript.text
    },
  },
  {
    name: 'messagepack',
    capture: async server => {
      const transcript = new Transcript(server)
      const socket = await server.rawWebSocket('/testhub')
      socket.sendText('{"protocol":"messagepack","version":1}\x1e')
      transcript.add(`< ${await socket.next()}`)
      for (const notation of [
        '96 01 80 "1" "Echo" 91 "hello" 90',
        '96 01 80 "2" "SendComplexObject" 90 90',
        '96 01 80 "3" "Nope" 90 90',
        '93 07 c0 c2',
      ]) {
        socket.send({ opcode: opcodes.binary, payload: fromHex(messagePack(notation)) })
        transcript.add(`> ${notation}`, `< ${await socket.next()}`)
      }
      transcript.add(`< ${await socket.next()}`)
      return transcript.text
    },
  },
]

class Transcript {
  readonly #server: ServerUnderTest
  readonly #lines: string[] = []

  constructor(server: ServerUnderTest) {
    this.#server = server
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`
  }

  add(...lines: readonly string[]): void {
    this.#lines.push(...lines.map(maskIds))
  }

  async request(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<void> {
    const answer = await this.#server.request(method, path, body === undefined ? { headers } : { headers, body })
    this.add(`> ${method} ${path}${body === undefined ? '' : ` ${visible(body)}`}`, ...headerLines(answer))
  }
}

/** The answer as it came, without what differs from one moment or program to the next. */
function headerLines(answer: HttpAnswer): string[] {
  const { status, headers, body } = facts(answer)
  const names = answer.rawHeaders.filter((_, at) => at % 2 === 0)
  const lines = names
    .filter(name => name.toLowerCase() in headers)
    .map(name => `< ${name}: ${headers[name.toLowerCase()]}`)
  return [`< ${status} ${answer.reason}`, ...lines, ...(body === '' ? [] : [`< ${visible(body)}`])]
}

function visible(text: string): string {
  return text.replaceAll('\x1e', '␞').replaceAll('\r', '␍').replaceAll('\n', '␊')
}

function maskIds(line: string): string {
  return line
    .replaceAll(/(connectionId|connectionToken)":"[\w-]{22}"/g, '$1":"…"')
    .replaceAll(/([?&]id=)[\w-]{22}/g, '$1…')
    .replaceAll(/(Sec-WebSocket-Accept: ).*/gi, '$1…')
}
