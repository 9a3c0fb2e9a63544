import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { TcpProxy } from '@signalbox/conformance/redis'
import { within } from '../clients/deadline.js'
import type { HealthSample, NodeHealth } from './node-health.js'

const program = fileURLToPath(new URL('chaos-node-program.js', import.meta.url))
const samplingIntervalMs = 20

/** One server of a fault run: a process, what lies between it and Redis, and what it says of itself all the time. */
export class ChaosNode {
  readonly name: string
  readonly url: string
  readonly proxy: TcpProxy
  readonly memoryAtStartBytes: number
  readonly #samples: HealthSample[]
  readonly #process: ChildProcess
  readonly #isSampling: Promise<void>
  #isStopping = false

  private constructor(name: string, url: string, proxy: TcpProxy, process: ChildProcess, first: HealthSample) {
    this.name = name
    this.url = url
    this.proxy = proxy
    this.#process = process
    this.#samples = [first]
    this.memoryAtStartBytes = first.memoryBytes
    this.#isSampling = this.#sample()
  }

  static async start(name: string, redisPort: number, sendTimeoutMs: number): Promise<ChaosNode> {
    const proxy = await TcpProxy.start(redisPort)
    const args = [program, '--redis', proxy.url, '--send-timeout-ms', String(sendTimeoutMs)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    // A run that is broken off must not leave it behind.
    const killWithUs = () => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', () => process.off('exit', killWithUs))
    const url = await within(listeningUrl(child), `node ${name} to listen`)
    return new ChaosNode(name, url, proxy, child, await askHealth(url))
  }

  /** Its answers since `forget`, at least one. */
  get samples(): readonly HealthSample[] {
    return this.#samples
  }

  /** The last that it said. */
  get health(): HealthSample {
    return this.#samples.at(-1)!
  }

  /** An exit that nobody asked for: an exception that nobody caught, for example. */
  get hasCrashed(): boolean {
    return !this.#isStopping && (this.#process.exitCode !== null || this.#process.signalCode !== null)
  }

  forget(): void {
    this.#samples.splice(0, this.#samples.length - 1)
  }

  /** Asks it to end. @returns its exit code, or the signal that ended it. */
  async stop(): Promise<number | string> {
    this.#isStopping = true
    await this.#isSampling
    const { exitCode, signalCode } = this.#process
    const ended = exitCode === null && signalCode === null ? once(this.#process, 'exit') : [exitCode, signalCode]
    this.#process.kill('SIGTERM')
    const [code, signal] = await within(Promise.resolve(ended), `node ${this.name} to end`)
    await this.proxy.close()
    return code ?? signal
  }

  kill(): void {
    this.#isStopping = true
    this.#process.kill('SIGKILL')
  }

  async #sample(): Promise<void> {
    while (!this.#isStopping && !this.hasCrashed) {
      try {
        this.#samples.push(await askHealth(this.url))
      } catch {
        // It has crashed, which the loop is about to see.
      }
      await delay(samplingIntervalMs)
    }
  }
}

async function askHealth(url: string): Promise<HealthSample> {
  const askedAt = performance.now()
  const health = (await (await fetch(`${url}/health`)).json()) as NodeHealth
  return { ...health, askedAt, answeredAt: performance.now() }
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^Now listening on: (http:\S+)$/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('the node ended before it listened')
}
