import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { within } from '../clients/deadline.js'
import type { HostKind } from '../hosts/host-kinds.js'

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
  readonly url: string
  readonly #process: ChildProcess

  private constructor(platform: Platform, url: string, process: ChildProcess) {
    this.platform = platform
    this.url = url
    this.#process = process
  }

  /** Resolves once it listens. @param redis - its URL, or host:port. */
  static async start(kind: ClusterNodeKind, redis: string, channelPrefix: string): Promise<ClusterNode> {
    const [command, ...program] = commandOf(kind)
    const prefix = channelPrefix === '' ? [] : ['--channel-prefix', channelPrefix]
    // Arguments beyond the default limit, so that large ones can cross.
    const limit = ['--set', 'maximumReceiveMessageSizeBytes=1000000']
    const child = spawn(command, [...program, '--port', '0', '--redis', redis, ...prefix, ...limit], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    // A run that is broken off must not leave it behind.
    const killWithUs = () => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', () => process.off('exit', killWithUs))
    const url = await within(listeningUrl(child), `a server to listen: ${titleOf(kind)}`, 30_000)
    return new ClusterNode(platformOf(kind), url, child)
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
  async stop(): Promise<number | string> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? ''
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    const [code, signal] = await within(ended, 'the server to end')
    return code ?? signal
  }
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^Now listening on: (http:\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    // Leaving the loop pauses the pipe; a server that still has something to say must not wait for a reader.
    child.stdout!.resume()
    return url
  }
  throw new Error('the server ended before it listened')
}
