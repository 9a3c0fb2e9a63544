import { BackplaneError } from '@signalbox/cluster'
import { expect } from 'chai'
import { Subscriptions } from './subscriptions.js'

const timeoutMs = 200
const turn = () => new Promise<void>(resolve => setImmediate(resolve))

describe('Subscriptions', () => {
  /** What Redis was sent: the command and its channels. */
  let sent: [string, ...string[]][]
  /** Answers to the commands sent, to be given by the test; undefined answers at once. */
  let answers: (() => void)[] | undefined
  let forbidden: Set<string>
  let refused: string[]
  let messages: string[]
  let subscriptions: Subscriptions

  class Refusal extends Error {}

  beforeEach(async () => {
    sent = []
    answers = undefined
    forbidden = new Set()
    refused = []
    messages = []
    const command = (name: string) => (channels: readonly string[]) => {
      sent.push([name, ...channels])
      return new Promise<void>((resolve, reject) => {
        const answer = () =>
          channels.some(channel => forbidden.has(channel)) ? reject(new Refusal('NOPERM')) : resolve()
        if (answers === undefined) answer()
        else answers.push(answer)
      })
    }
    subscriptions = new Subscriptions(
      {
        subscribe: command('subscribe'),
        unsubscribe: command('unsubscribe'),
        isRefusal: error => error instanceof Refusal,
      },
      timeoutMs,
      channel => refused.push(channel),
    )
    await subscriptions.onConnected()
  })

  const hold = (channel: string, holder = 'one') =>
    subscriptions.subscribe(channel, holder, payload => messages.push(`${channel}: ${payload}`))

  const arrive = (channel: string, text: string) => subscriptions.dispatch(Buffer.from(channel), Buffer.from(text))

  async function errorOf(promise: Promise<void> | undefined): Promise<BackplaneError> {
    try {
      await promise
    } catch (error) {
      expect(error).to.be.an.instanceOf(BackplaneError)
      return error as BackplaneError
    }
    return expect.fail('It succeeded.')
  }

  const failureOf = async (promise: Promise<void> | undefined): Promise<string> => (await errorOf(promise)).code

  it('asks once for what is taken within a turn', async () => {
    await Promise.all([hold('a'), hold('b'), hold('c'), hold('a', 'two')])
    expect(sent).to.deep.equal([['subscribe', 'a', 'b', 'c']])
  })

  it('asks for no more than a thousand channels at a time', async () => {
    await Promise.all(Array.from({ length: 2_500 }, (_, number) => hold(String(number))))
    expect(sent.map(([, ...channels]) => channels.length)).to.deep.equal([1_000, 1_000, 500])
  })

  it('has nothing to wait for when a channel is subscribed', async () => {
    await hold('a')
    expect(hold('a', 'two')).to.equal(undefined)
  })

  it('gives a channel back with its last holder', async () => {
    await Promise.all([hold('a'), hold('a', 'two')])
    subscriptions.release('a', 'one')
    await turn()
    expect(sent).to.have.lengthOf(1)
    subscriptions.release('a', 'two')
    await turn()
    expect(sent[1]).to.deep.equal(['unsubscribe', 'a'])
    expect(subscriptions.count).to.equal(0)
  })

  it('gives back together what was released within a turn', async () => {
    await Promise.all([hold('a'), hold('b')])
    subscriptions.release('a', 'one')
    subscriptions.release('b', 'one')
    await turn()
    expect(sent[1]).to.deep.equal(['unsubscribe', 'a', 'b'])
  })

  it('says nothing of a channel taken and released within a turn, and lets its holder go on', async () => {
    const held = hold('a')
    subscriptions.release('a', 'one')
    await held
    await turn()
    expect(sent).to.deep.equal([])
  })

  it('says nothing of a channel released and taken within a turn, and hands its messages to the new holder', async () => {
    await hold('a')
    subscriptions.release('a', 'one')
    void subscriptions.subscribe('a', 'two', payload => messages.push(`two: ${payload}`))
    await turn()
    arrive('a', 'hello')
    expect(sent).to.deep.equal([['subscribe', 'a']])
    expect(messages).to.deep.equal(['two: hello'])
  })

  it('takes a channel again that is being given back', async () => {
    await hold('a')
    subscriptions.release('a', 'one')
    await turn()
    await hold('a')
    expect(sent).to.deep.equal([
      ['subscribe', 'a'],
      ['unsubscribe', 'a'],
      ['subscribe', 'a'],
    ])
  })

  it('gives back a channel that is released while Redis is asked for it', async () => {
    answers = []
    const held = hold('a')
    await turn()
    subscriptions.release('a', 'one')
    await held
    await turn()
    for (const answer of answers) answer()
    await turn()
    expect(sent).to.deep.equal([
      ['subscribe', 'a'],
      ['unsubscribe', 'a'],
    ])
    expect(subscriptions.count).to.equal(0)
  })

  it('hands messages to the channel whose bytes they carry', async () => {
    await Promise.all([hold('é'), hold('e'), hold('😀')])
    for (const channel of ['é', '😀', 'E', 'other']) arrive(channel, 'hello')
    expect(messages).to.deep.equal(['é: hello', '😀: hello'])
  })

  it('asks for everything that is held when the connection is a new one, and for nothing else', async () => {
    await Promise.all([hold('a'), hold('b'), hold('c')])
    subscriptions.release('b', 'one')
    subscriptions.onLost()
    sent = []
    await subscriptions.onConnected()
    await turn()
    expect(sent).to.deep.equal([['subscribe', 'a', 'c']])
  })

  it('lets those wait for the new connection who come while there is none', async () => {
    subscriptions.onLost()
    const held = hold('a')
    await turn()
    expect(sent).to.deep.equal([])
    await subscriptions.onConnected()
    await held
    expect(sent).to.deep.equal([['subscribe', 'a']])
  })

  it('tells those who wait for too long, and forgets the channel when they release it', async () => {
    subscriptions.onLost()
    expect(await failureOf(hold('a'))).to.equal('SIGNALR_BACKPLANE_UNREACHABLE')
    subscriptions.release('a', 'one')
    await turn()
    await subscriptions.onConnected()
    expect(sent).to.deep.equal([])
  })

  const answerAtOnce = (held: Promise<void> | undefined) =>
    Promise.race([errorOf(held).then(({ message }) => message), turn().then(() => 'waits')])

  it('tells at once those who come when waiting has long been in vain', async () => {
    subscriptions.onLost()
    expect((await errorOf(hold('a'))).message).to.equal('Redis has not confirmed a subscription within 200 ms.')
    expect(await answerAtOnce(hold('b'))).to.equal('Redis has been out of reach for more than 200 ms.')
  })

  it('tells them at once too when a new connection stands, but Redis does not answer on it', async () => {
    await hold('a')
    subscriptions.onLost()
    await failureOf(hold('b'))
    answers = []
    void subscriptions.onConnected()
    expect(await answerAtOnce(hold('c'))).to.equal('Redis has been out of reach for more than 200 ms.')
    subscriptions.onLost()
    expect(await answerAtOnce(hold('d'))).to.equal('Redis has been out of reach for more than 200 ms.')
    const connected = subscriptions.onConnected()
    for (const answer of answers) answer()
    await connected
    answers = undefined
    await hold('e')
  })

  it('asks for a channel that came too late for waiting, if its holder keeps it', async () => {
    await hold('a')
    subscriptions.onLost()
    await failureOf(hold('b'))
    answers = []
    const connected = subscriptions.onConnected()
    await failureOf(hold('c'))
    for (const answer of answers.splice(0)) answer()
    await connected
    await turn()
    for (const answer of answers) answer()
    await turn()
    expect(subscriptions.isSubscribed('c')).to.equal(true)
  })

  it('gives the second call of one holder what the first waits for', async () => {
    answers = []
    const first = hold('a')
    expect(subscriptions.pending('a', 'one')).to.equal(first)
    await turn()
    answers[0]!()
    await first
    expect(subscriptions.pending('a', 'one')).to.equal(undefined)
  })

  it('finds the one that Redis refuses among many, and subscribes the others', async () => {
    forbidden.add('c3')
    const held = Array.from({ length: 8 }, (_, number) => hold(`c${number}`))
    expect(await failureOf(held[3])).to.equal('SIGNALR_BACKPLANE_REFUSED')
    await Promise.all(held.filter((_, number) => number !== 3))
    expect(refused).to.deep.equal(['c3'])
    expect(subscriptions.isSubscribed('c2')).to.equal(true)
    expect(subscriptions.isSubscribed('c3')).to.equal(false)
  })

  it('tells everybody who waits when it is closed', async () => {
    answers = []
    const held = hold('a')
    subscriptions.close(new BackplaneError('SIGNALR_BACKPLANE_CLOSED', 'closed'))
    expect(await failureOf(held)).to.equal('SIGNALR_BACKPLANE_CLOSED')
  })
})
