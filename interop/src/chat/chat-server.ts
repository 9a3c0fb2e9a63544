import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { HostKind } from '../hosts/host-kinds.js'
import { findFreePort } from '../processes/free-port.js'
import { chatProgram, chatProgramOn } from './chat-program.js'

export interface ChatServerOptions {
  /** Default the one that the example gets without naming any. */
  readonly host?: HostKind
  /** Default a free one; 0 leaves the choice to the server. */
  readonly port?: number
}

/** The chat example in a process of its own, as a user runs it, so that a restart is a real one. */
export class ChatServer {
  readonly url: string
  readonly #process: ChildProcess
  readonly #options: ChatServerOptions

  private constructor(url: string, process: ChildProcess, options: ChatServerOptions) {
    this.url = url
    this.#process = process
    this.#options = options
  }

  /** Resolves once the server says that it listens. */
  static async start(options: ChatServerOptions = {}): Promise<ChatServer> {
    const { host, port = await findFreePort() } = options
    // From its standard input Node runs a program as if it lay in the working directory.
    const args = host === undefined ? [chatProgram] : ['--input-type=module', '-']
    const child = spawn(process.execPath, args, {
      cwd: dirname(chatProgram),
      env: { ...process.env, PORT: String(port) },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    child.stdin.end(host === undefined ? '' : chatProgramOn(host.factory))
    // A test run that is broken off must not leave it behind.
    const killWithUs = () => child.kill('SIGKILL')
    process.once('exit', killWithUs)
    child.once('exit', () => process.off('exit', killWithUs))
    for await (const line of createInterface({ input: child.stdout })) {
      const listening = /http:\/\/localhost:(\d+)/.exec(line)
      // By address: `localhost` may mean ::1 first, where the server does not listen.
      if (listening === null) continue
      // Leaving the loop pauses the pipe; a server that still has something to say must not wait for a reader.
      child.stdout.resume()
      return new ChatServer(`http://127.0.0.1:${listening[1]}`, child, options)
    }
    throw new Error('the chat server ended before it listened')
  }

  /** Ends it the way Ctrl-C does. @returns its exit code, or the signal that ended it. */
  stop(): Promise<number | string> {
    return this.#end('SIGINT')
  }

  /** Ends it without a goodbye, as a power cut does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** The same server on the same port once more. */
  startAgain(): Promise<ChatServer> {
    return ChatServer.start({ ...this.#options, port: Number(new URL(this.url).port) })
  }

  async #end(signal: NodeJS.Signals): Promise<number | string> {
    const { exitCode, signalCode } = this.#process
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? ''
    const ended = once(this.#process, 'exit')
    this.#process.kill(signal)
    const [code, endSignal] = (await ended) as [number | null, string | null]
    return code ?? endSignal ?? ''
  }
}
