import { HttpTransportType, type HubConnection, HubConnectionBuilder, LogLevel, Subject } from '@microsoft/signalr'
import { MessagePackHubProtocol as ClientMessagePack } from '@microsoft/signalr-protocol-msgpack'
import { MessagePackHubProtocol } from '@signalbox/protocol-msgpack'
import { type TypedHub, typedHub } from '@signalbox/typed-client'
import { expect } from 'chai'
import { createServer, type SignalboxServer, silentLogger } from 'signalbox'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { ChatHub } from './chat-hub.js'
import { Gate } from './gate.js'

type Chat = TypedHub<ChatHub>

const transports = [
  HttpTransportType.WebSockets,
  HttpTransportType.ServerSentEvents,
  HttpTransportType.LongPolling,
] as const

describeOnEachHost('typedHub on the JavaScript client', host => {
  let server: SignalboxServer
  let url: string
  const connections: HubConnection[] = []

  before(async () => {
    server = createServer({ host: host.create(), logger: silentLogger, protocols: [new MessagePackHubProtocol()] })
    server.mapHub('/chat', ChatHub)
    url = `${(await server.listen(0)).url}/chat`
  })
  after(() => server.close())

  afterEach(() => Promise.all(connections.splice(0).map(connection => connection.stop())))

  function build(transport: HttpTransportType): HubConnectionBuilder {
    return new HubConnectionBuilder().withUrl(url, { transport }).configureLogging(LogLevel.None)
  }

  async function start(builder: HubConnectionBuilder): Promise<HubConnection> {
    const connection = builder.build()
    connections.push(connection)
    await connection.start()
    return connection
  }

  for (const transport of transports) {
    describe(`over ${HttpTransportType[transport]}`, () => {
      let connection: HubConnection
      let chat: Chat

      beforeEach(async () => {
        connection = await start(build(transport))
        chat = typedHub<ChatHub>(connection)
      })

      it('invokes a method and gets its result', async () => {
        await chat.invoke.join('lobby')
        expect(await chat.invoke.send('lobby', 'hello')).to.equal(5)
      })

      it('rejects with the error of the hub', async () => {
        expect(await reasonOf(chat.invoke.refuse())).to.contain('HubException: Not today.')
      })

      it('sends without waiting for a result', async () => {
        const heard = nextText(chat)
        expect(await chat.send.join('lobby')).to.equal(undefined)
        expect(await heard).to.equal('joined lobby')
      })

      it('hands what the hub calls to its handlers, until they are taken away', async () => {
        const [stays, leaves]: string[][] = [[], []]
        chat.on.message((_from, text) => void stays!.push(text))
        const off = chat.on.message((_from, text) => void leaves!.push(text))
        await chat.invoke.join('lobby')
        off()
        await chat.invoke.send('lobby', 'hello')
        expect(stays).to.deep.equal(['joined lobby', 'hello'])
        expect(leaves).to.deep.equal(['joined lobby'])
      })

      it('answers the hub with what a handler returns, now or later', async () => {
        const off = chat.on.confirm(question => question === 'Tea?')
        expect(await chat.invoke.persuade('Tea?')).to.equal('agreed')
        expect(await chat.invoke.persuade('Coffee?')).to.equal('declined')
        off()
        chat.on.confirm(async question => question === 'Coffee?')
        expect(await chat.invoke.persuade('Coffee?')).to.equal('agreed')
      })

      it('reads a stream to its end', async () => {
        expect(await itemsOf(chat.stream.countdown(3))).to.deep.equal([3, 2, 1])
        expect(await itemsOf(chat.stream.countdown(0))).to.deep.equal([])
      })

      it('throws the error of a stream behind its items', async () => {
        const items: number[] = []
        const reason = await reasonOf(
          (async () => {
            for await (const item of chat.stream.breakOff()) items.push(item)
          })(),
        )
        expect(items).to.deep.equal([1])
        expect(reason).to.contain('HubException: Out of numbers.')
      })

      it('tells the hub when a loop is left', async () => {
        const heard = nextText(chat)
        for await (const item of chat.stream.untilCancelled()) {
          expect(item).to.equal('first')
          break
        }
        expect(await heard).to.equal('cancelled')
      })

      it('ends a read that waits when its iterator returns', async () => {
        const heard = nextText(chat)
        const iterator = chat.stream.untilCancelled()[Symbol.asyncIterator]()
        await iterator.next()
        const waiting = iterator.next()
        await iterator.return?.()
        expect(await waiting).to.deep.equal({ done: true, value: undefined })
        expect(await heard).to.equal('cancelled')
      })

      it('hands a stream to a subscriber, who may cancel it', async () => {
        const heard = nextText(chat)
        const first = new Gate()
        const subscription = chat.stream
          .untilCancelled()
          .subscribe({ next: () => first.open(), error: () => {}, complete: () => {} })
        await first.opened
        subscription.dispose()
        expect(await heard).to.equal('cancelled')
      })

      it('calls the hub once for every loop over a stream', async () => {
        const countdown = chat.stream.countdown(2)
        expect(await itemsOf(countdown)).to.deep.equal([2, 1])
        expect(await itemsOf(countdown)).to.deep.equal([2, 1])
      })

      it('uploads what an async generator yields', async () => {
        expect(await chat.invoke.sum(numbers(1, 2, 3))).to.equal(6)
        expect(await itemsOf(chat.stream.double(numbers(1, 2, 3)))).to.deep.equal([2, 4, 6])
      })

      it('goes on with an upload behind a send', async () => {
        const texts = nextTexts(chat, 3)
        await chat.send.fate(numbers(1, 2))
        expect(await texts).to.deep.equal(['got 1', 'got 2', 'the end'])
      })

      it("uploads a subject of the client's own", async () => {
        const subject = new Subject<number>()
        const sum = chat.invoke.sum(subject)
        subject.next(20)
        subject.next(22)
        subject.complete()
        expect(await sum).to.equal(42)
      })

      it('uploads several streams with values between them', async () => {
        expect(await chat.invoke.subtract(numbers(1, 2), 'apples', numbers(1))).to.equal('2 apples')
      })

      it('tells the hub the error of an upload', async () => {
        expect(await chat.invoke.fate(failingNumbers())).to.contain('out of paper')
      })

      it('stops an upload that the hub has not read to its end', async () => {
        const source = new PausedNumbers()
        expect(await chat.invoke.first(source.numbers)).to.equal(1)
        await source.stopsAtNextNumber()
      })

      it('stops an upload when the loop over its answers is left', async () => {
        const source = new PausedNumbers()
        for await (const item of chat.stream.double(source.numbers)) {
          expect(item).to.equal(2)
          break
        }
        await source.stopsAtNextNumber()
      })

      it('stops an upload when the connection ends', async () => {
        const [invoked, sent] = [new PausedNumbers(), new PausedNumbers()]
        const texts = nextTexts(chat, 2)
        const lost = reasonOf(chat.invoke.fate(invoked.numbers))
        await chat.send.fate(sent.numbers)
        expect(await texts).to.deep.equal(['got 1', 'got 1'])
        await connection.stop()
        expect(await lost).to.contain('the underlying connection being closed')
        await invoked.stopsAtNextNumber()
        await sent.stopsAtNextNumber()
      })

      it('gives dates and bytes as the texts JSON makes of them', async () => {
        const posted = new Promise(resolve => chat.on.posted(resolve))
        const entry = { at: '1970-01-01T00:00:00Z', picture: 'AQID' }
        expect(await chat.invoke.post()).to.deep.equal(entry)
        expect(await posted).to.deep.equal(entry)
      })
    })
  }

  for (const transport of [HttpTransportType.WebSockets, HttpTransportType.LongPolling]) {
    it(`gives dates and bytes as they are through MessagePack over ${HttpTransportType[transport]}`, async () => {
      const connection = await start(build(transport).withHubProtocol(new ClientMessagePack()))
      const chat = typedHub<ChatHub, 'messagepack'>(connection)
      const { at, picture } = await chat.invoke.post()
      expect(at.getTime()).to.equal(0)
      expect([...picture]).to.deep.equal([1, 2, 3])
    })
  }

  it('rejects calls on a connection that has not started, and stops their uploads', async () => {
    const chat = typedHub<ChatHub>(build(HttpTransportType.WebSockets).build())
    const sources = [new PausedNumbers(), new PausedNumbers(), new PausedNumbers()] as const
    for (const call of [
      chat.invoke.sum(sources[0].numbers),
      chat.send.sum(sources[1].numbers),
      itemsOf(chat.stream.double(sources[2].numbers)),
    ])
      expect(await reasonOf(call)).to.contain("not in the 'Connected' State")
    await Promise.all(sources.map(source => source.stopsAtNextNumber()))
  })
})

/** The text with which it rejects. */
async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (outcome instanceof Error) return outcome.message
  throw new Error('there was no error')
}

async function itemsOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

const nextText = async (chat: Chat): Promise<string | undefined> => (await nextTexts(chat, 1))[0]

function nextTexts(chat: Chat, count: number): Promise<string[]> {
  const texts: string[] = []
  return new Promise(resolve => {
    const off = chat.on.message((_from, text) => {
      texts.push(text)
      if (texts.length < count) return
      off()
      resolve(texts)
    })
  })
}

async function* numbers(...all: number[]): AsyncGenerator<number> {
  yield* all
}

async function* failingNumbers(): AsyncGenerator<number> {
  yield 1
  throw new Error('out of paper')
}

/** Yields 1 and waits; when it goes on, it is either stopped or yields another number. */
class PausedNumbers {
  readonly numbers: AsyncGenerator<number>
  readonly #resumed = new Gate()
  readonly #stopped = new Gate()
  #isReadOn = false

  constructor() {
    this.numbers = this.#generate()
  }

  async stopsAtNextNumber(): Promise<void> {
    this.#resumed.open()
    await this.#stopped.opened
    expect(this.#isReadOn, 'more was asked for').to.equal(false)
  }

  async *#generate(): AsyncGenerator<number> {
    try {
      yield 1
      await this.#resumed.opened
      yield 2
      this.#isReadOn = true
    } finally {
      this.#stopped.open()
    }
  }
}
