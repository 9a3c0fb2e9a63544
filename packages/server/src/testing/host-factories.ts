import { nodeHost } from '@signalbox/host-node'
import { uwsHost } from '@signalbox/host-uws'

interface HostFactory {
  readonly title: string
  readonly create: typeof uwsHost
}

const everyHost: readonly HostFactory[] = [
  { title: 'uWebSockets.js', create: uwsHost },
  { title: 'node:http', create: nodeHost },
]

/** The installed uWebSockets.js has no binary for later ones, see "Node versions" in the README. */
const newestNodeOfUws = 23

/** The hosts that this Node can run. */
export const hostFactories: readonly HostFactory[] = everyHost.filter(
  ({ create }) => create === nodeHost || Number.parseInt(process.versions.node, 10) <= newestNodeOfUws,
)
