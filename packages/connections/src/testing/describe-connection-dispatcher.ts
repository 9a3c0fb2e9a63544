import type { Host } from '../host/host-port.js'
import { describeEventStreams } from './connection-dispatcher/describe-event-streams.js'
import { describeGets } from './connection-dispatcher/describe-gets.js'
import { describeLongPolling } from './connection-dispatcher/describe-long-polling.js'
import { describeNegotiate } from './connection-dispatcher/describe-negotiate.js'
import { describePosts } from './connection-dispatcher/describe-posts.js'
import { describeWebSockets } from './connection-dispatcher/describe-web-sockets.js'
import type { HostTraits } from './host-traits.js'

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
