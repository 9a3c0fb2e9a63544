import type { Host } from '@signalbox/connections'
import type { HostTraits } from '../hosts/host-traits.js'
import { describeEventStreams } from './describe-event-streams.js'
import { describeGets } from './describe-gets.js'
import { describeLongPolling } from './describe-long-polling.js'
import { describeNegotiate } from './describe-negotiate.js'
import { describePosts } from './describe-posts.js'
import { describeWebSockets } from './describe-web-sockets.js'

/**
 * What clients see of connections, over real sockets: declares the tests that must pass whatever the host.
 * @param createHost - makes a fresh one for each test; the suite listens on it and terminates it.
 */
export function describeConnectionDispatcher(name: string, createHost: () => Host, traits: HostTraits): void {
  describe(`ConnectionDispatcher on ${name}`, () => {
    describeNegotiate(createHost)
    describeGets(createHost)
    describePosts(createHost)
    describeWebSockets(createHost, traits)
    describeEventStreams(createHost)
    describeLongPolling(createHost)
  })
}
