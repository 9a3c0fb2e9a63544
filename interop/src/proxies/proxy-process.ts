import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { within } from '../clients/deadline.js'

/** A proxy in the foreground, with files of its own that are gone when it is. */
export class ProxyProcess {
  readonly url: string
  readonly #child: ChildProcess
  readonly folder: string

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url
    this.#child = child
    this.folder = folder
  }

  /**
   * Resolves once it listens.
   * @param argsIn - its arguments, given the folder that its files are in.
   */
  static async start(
    program: string,
    url: string,
    files: Readonly<Record<string, string>>,
    argsIn: (folder: string) => readonly string[],
  ): Promise<ProxyProcess> {
    const folder = await mkdtemp(join(tmpdir(), `signalbox-${program}-`))
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
    const child = spawn(program, argsIn(folder), { stdio: ['ignore', 'ignore', 'pipe'] })
    // A run that is broken off must not leave it behind.
    const killWithUs = () => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', () => process.off('exit', killWithUs))
    const proxy = new ProxyProcess(url, child, folder)
    let complaints = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text
    })
    try {
      await within(proxy.#listens(), `${program} to listen`)
      return proxy
    } catch (error) {
      await proxy.stop()
      throw new Error(`${(error as Error).message}: ${complaints}`)
    }
  }

  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      const ended = once(this.#child, 'exit')
      this.#child.kill('SIGKILL')
      await ended
    }
    await rm(this.folder, { recursive: true })
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Tries again and again: neither nginx nor HAProxy says when it is ready. */
  async #listens(): Promise<void> {
    const port = Number(new URL(this.url).port)
    while (!(await canConnect(port))) {
      if (this.#hasEnded) throw new Error('It has ended')
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isOpen = await new Promise<boolean>(resolve => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return isOpen
}
