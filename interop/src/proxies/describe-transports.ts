import { expect } from 'chai'
import { transports } from '../clients/client-kinds.js'
import { within } from '../clients/deadline.js'
import { PageClient } from './page-client.js'

/** What a page can do through a proxy, whatever the proxy is. @param urlOf - asked when a test runs. */
export function itServesPages(urlOf: () => string): void {
  for (const transport of transports)
    it(`brings calls, results and streams through over ${transport}`, async () => {
      const url = urlOf()
      const client = await PageClient.connect(url, transport)

      const { host } = await client.where()
      const items = await client.count(100)

      expect(host).to.equal(new URL(url).host)
      expect(items).to.have.lengthOf(100)
      await client.stop()
    })

  it('holds back no event', () => answersAtOnce(urlOf()))
}

/** A proxy that waits for more to send along, as they do for 40 to 200 ms and more, takes longer for twenty events. */
async function answersAtOnce(url: string): Promise<void> {
  const client = await PageClient.connect(url, 'ServerSentEvents')
  const callTwentyTimes = async () => {
    for (let count = 0; count < 20; count++) await client.where()
  }
  await within(callTwentyTimes(), '20 answers', 2_000)
  await client.stop()
}

/**
 * Options of a server whose connections are never silent for 3 s: it sends pings with every beat, which is one a
 * second.
 */
export const neverSilent = { keepAliveIntervalMs: 500, longPollingPollTimeoutMs: 1_500 } as const

/** For proxies that cut what is silent for 3 s. */
export function itKeepsSilentConnections(urlOf: () => string): void {
  it('does not cut connections on which there are only pings, and polls that end without a message', async () => {
    const clients = await Promise.all(transports.map(transport => PageClient.connect(urlOf(), transport)))

    const answers = await Promise.all(clients.map(client => client.answerAfter(3_500)))

    expect(answers).to.deep.equal(['late', 'late', 'late'])
    await Promise.all(clients.map(client => client.stop()))
  })
}
