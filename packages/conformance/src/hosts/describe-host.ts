import { describeHostBodies } from './describe-host-bodies.js'
import { describeHostHandshakes } from './describe-host-handshakes.js'
import { describeHostListening } from './describe-host-listening.js'
import { describeHostRequests } from './describe-host-requests.js'
import { describeHostResponses } from './describe-host-responses.js'
import { describeHostStreams } from './describe-host-streams.js'
import { describeHostWebSocketEnds } from './describe-host-web-socket-ends.js'
import { describeHostWebSocketLimits } from './describe-host-web-socket-limits.js'
import { describeHostWebSockets } from './describe-host-web-sockets.js'
import type { HostFactory, HostTraits } from './host-traits.js'

/**
 * The contract of the host port: declares the tests that every host must pass, over real sockets.
 * @param createHost - makes a fresh one for each test; the suite listens on it and terminates it.
 */
export function describeHost(name: string, createHost: HostFactory, traits: HostTraits): void {
  describe(`${name} as a host`, () => {
    describeHostListening(createHost)
    describeHostRequests(createHost)
    describeHostBodies(createHost)
    describeHostResponses(createHost)
    describeHostStreams(createHost)
    describeHostHandshakes(createHost)
    describeHostWebSockets(createHost)
    describeHostWebSocketLimits(createHost, traits)
    describeHostWebSocketEnds(createHost, traits)
  })
}
