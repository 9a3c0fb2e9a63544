import { randomBytes } from 'node:crypto'
import { ClientGoneError, ClientResultsManager, errorCompletion, type HubConnectionContext } from '@signalbox/hubs'
import { type CompletionMessage, type HubProtocol, MessageType } from '@signalbox/protocol'
import type { BackplaneError } from './backplane-error.js'
import { InvalidPayloadError } from './payload-reader.js'
import { readWhole } from './received-message.js'
import { readCompletion, writeCompletion } from './redis-protocol.js'

/** @source The text of .NET. */
const idCollision = 'ID collision occurred when using client results. This is likely a bug in SignalR.'

/**
 * Results of clients: of those of this node, which are waited for here or on another node, and of those of other nodes.
 * @source dotnet/aspnetcore: src/SignalR/common/Shared/ClientResultsManager.cs
 */
export class ClientResultsOfNodes {
  readonly #protocols: readonly HubProtocol[]
  readonly #publish: (channel: string, payload: Buffer) => void
  readonly #own = new ClientResultsManager()
  /** Ids as .NET makes them, unique in the cluster. */
  readonly #remote = new ClientResultsManager(() => randomBytes(16).toString('base64').slice(0, 22))

  /** @param publish - does not fail: what goes wrong is logged. */
  constructor(protocols: readonly HubProtocol[], publish: (channel: string, payload: Buffer) => void) {
    this.#protocols = protocols
    this.#publish = publish
  }

  /** Clients of other nodes that are waited for here. */
  remoteConnectionIds(): Iterable<string> {
    return this.#remote.connectionIds()
  }

  /** @param send - sends the invocation to a client of this node. */
  invokeOwn(
    connection: HubConnectionContext,
    signal: AbortSignal | undefined,
    send: (invocationId: string) => void | Promise<void>,
  ): Promise<unknown> {
    const { connectionId } = connection
    if (connection.isAborted) return Promise.reject(new ClientGoneError(`Connection '${connectionId}' disconnected.`))
    return this.#own.invoke(connectionId, signal, send)
  }

  /** @param publish - publishes the invocation. @returns how many nodes got it; undefined when that is not known. */
  invokeRemote(
    connectionId: string,
    signal: AbortSignal | undefined,
    publish: (invocationId: string) => Promise<number | undefined>,
  ): Promise<unknown> {
    return this.#remote.invoke(connectionId, signal, async invocationId => {
      if ((await publish(invocationId)) === 0) throw new ClientGoneError(`Connection '${connectionId}' does not exist.`)
    })
  }

  /** Another node waits for the answer of a client of this one. */
  wantsRawResult(invocationId: string): boolean {
    return this.#own.wantsRawResult(invocationId)
  }

  /** A client of this node answers. @throws when it was not asked. */
  complete(connectionId: string, result: CompletionMessage): void {
    if (!this.#own.complete(connectionId, result)) this.#remote.complete(connectionId, result)
  }

  /** Another node is about to ask a client of this one. */
  forward({ connectionId, protocol }: HubConnectionContext, invocationId: string, returnChannel: string): void {
    const pass = (completion: CompletionMessage) =>
      this.#publish(returnChannel, writeCompletion(protocol.name, protocol.writeMessage(completion)))
    const isTaken = this.#remote.has(invocationId) || !this.#own.tryForward(connectionId, invocationId, pass)
    if (isTaken) pass(errorCompletion(invocationId, idCollision))
  }

  /** A client of another node has answered. @throws InvalidPayloadError, HubProtocolError */
  onReturned(payload: Buffer): void {
    const { protocolName, completion } = readCompletion(payload)
    const protocol = this.#protocols.find(({ name }) => name === protocolName)
    const message = protocol === undefined ? undefined : readWhole(protocol, completion)
    if (message?.type !== MessageType.Completion)
      throw new InvalidPayloadError(`A client's result, said to be in ${protocolName}, is none.`)
    this.#remote.completeForwarded(message)
  }

  /** A client of this node has left. */
  abandonOwn(connectionId: string): void {
    this.#own.abandon(connectionId)
  }

  /** A client of another node is gone, and its node with it. */
  abandonRemote(connectionId: string): void {
    this.#remote.abandon(connectionId)
  }

  failRemote(error: BackplaneError): void {
    this.#remote.failAll(error)
  }
}
