import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { within } from '../clients/deadline.js'
import type { HostKind } from '../hosts/host-kinds.js'
import { ListeningProcess } from '../processes/listening-process.js'

export type Platform = 'Node' | '.NET'

/** What a server runs on: ASP.NET Core, or one of Signalbox's hosts. */
export type ClusterNodeKind = '.NET' | HostKind

const platformOf = (kind: ClusterNodeKind): Platform => (kind === '.NET' ? '.NET' : 'Node')

export const titleOf = (kind: ClusterNodeKind): string => (kind === '.NET' ? '.NET' : `Node on ${kind.title}`)

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/** The program, and its arguments. */
function commandOf(kind: ClusterNodeKind): readonly [string, ...string[]] {
  if (kind === '.NET') return ['dotnet', pathOf('dotnet/ReferenceServer/bin/Release/net10.0/ReferenceServer.dll')]
  return [process.execPath, pathOf('dist/reference-server/main.js'), '--host', kind.name]
}

/** One server of a cluster: a reference server of either kind, in a process of its own. */
export class ClusterNode {
  readonly platform: Platform
  readonly #process: ListeningProcess

  private constructor(platform: Platform, process: ListeningProcess) {
    this.platform = platform
    this.#process = process
  }

  get url(): string {
    return this.#process.url
  }

  /** Resolves once it listens. @param redis - its URL, or host:port. */
  static async start(kind: ClusterNodeKind, redis: string, channelPrefix: string): Promise<ClusterNode> {
    const [command, ...program] = commandOf(kind)
    const prefix = channelPrefix === '' ? [] : ['--channel-prefix', channelPrefix]
    // Arguments beyond the default limit, so that large ones can cross.
    const limit = ['--set', 'maximumReceiveMessageSizeBytes=1000000']
    const args = [...program, '--port', '0', '--redis', redis, ...prefix, ...limit]
    const server = await ListeningProcess.start(`a server on ${titleOf(kind)}`, command, args)
    return new ClusterNode(platformOf(kind), server)
  }

  /** Whether it says that it hears the others: 200 or 503. */
  async health(): Promise<number> {
    return (await fetch(`${this.url}/health`)).status
  }

  /** Asks again and again, as a load balancer does. */
  isReady(): Promise<void> {
    const ask = async () => {
      while ((await this.health()) !== 200) await delay(20)
    }
    return within(ask(), `the ${this.platform} server to be ready`, 20_000)
  }

  /** Asks it to end. @returns its exit code, or the signal that ended it. */
  stop(): Promise<number | string> {
    return this.#process.stop()
  }
}
