import type { Host } from '../host-port.js'
import { describeHostBodies } from './describe-host-bodies.js'
import { describeHostListening } from './describe-host-listening.js'
import { describeHostRequests } from './describe-host-requests.js'
import { describeHostResponses } from './describe-host-responses.js'
import { describeHostStreams } from './describe-host-streams.js'
import { describeHostWebSocketEnds } from './describe-host-web-socket-ends.js'
import { describeHostWebSockets } from './describe-host-web-sockets.js'

/**
 * The contract of the host port: declares the tests that every host must pass, over real sockets.
 * @param createHost - makes a fresh one for each test; the suite listens on it and terminates it.
 */
export function describeHost(name: string, createHost: () => Host): void {
  describe(`${name} as a host`, () => {
    describeHostListening(createHost)
    describeHostRequests(createHost)
    describeHostBodies(createHost)
    describeHostResponses(createHost)
    describeHostStreams(createHost)
    describeHostWebSockets(createHost)
    describeHostWebSocketEnds(createHost)
  })
}
