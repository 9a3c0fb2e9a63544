import { randomBytes } from 'node:crypto'
import { printable } from '@signalbox/abstractions'
import {
  ClientGoneError,
  type ClientResults,
  ClientResultsManager,
  errorCompletion,
  type HubConnectionContext,
  SerializedHubMessage,
} from '@signalbox/hubs'
import { type CompletionMessage, type HubProtocol, MessageType } from '@signalbox/protocol'
import type { BackplaneError } from '../backplane-error.js'
import type { ClusterChannels } from '../payloads/cluster-channels.js'
import { readCompletion, writeCompletion } from '../payloads/cluster-protocol.js'
import { InvalidPayloadError } from '../payloads/payload-reader.js'
import {
  type PendingInvocation,
  readPendingInvocations,
  writePendingInvocations,
} from '../payloads/pending-invocations.js'
import { readWhole } from '../payloads/received-message.js'

/** @source The text of .NET. */
const idCollision = 'ID collision occurred when using client results. This is likely a bug in SignalR.'

/**
 * So many are small enough for every node to read in a moment, and for any limit of payloads that lets messages pass.
 */
const invocationsPerPayload = 500

/** How invocations reach clients. */
export interface InvocationSender {
  /** @returns undefined for a client of another node, or of none. */
  connectionOf(connectionId: string): HubConnectionContext | undefined
  /** @throws what a protocol throws that cannot write it. */
  send(connection: HubConnectionContext, invocation: SerializedHubMessage): void | Promise<void>
  /** @returns how many nodes got it; undefined when that is not known. */
  publish(connectionId: string, invocation: SerializedHubMessage, invocationId: string): Promise<number | undefined>
}

/** How results reach other nodes. */
export interface ResultPublisher {
  /** Rejects with BackplaneError. */
  publish(channel: string, payload: Buffer): Promise<unknown>
  /** Calls back when the bus is ready again, after it was not. */
  onceReady(callback: () => void): void
  /** For the log: a result could not be passed on. */
  onFailed(error: unknown): void
}

/**
 * Results of clients: of those of this node, which are waited for here or on another node, and of those of other nodes.
 * @source dotnet/aspnetcore: src/SignalR/common/Shared/ClientResultsManager.cs
 */
export class ClusterClientResults implements ClientResults {
  readonly #channels: ClusterChannels
  readonly #protocols: readonly HubProtocol[]
  readonly #sender: InvocationSender
  readonly #publisher: ResultPublisher
  readonly #own = new ClientResultsManager()
  /** Ids as .NET makes them, unique in the cluster. */
  readonly #remote = new ClientResultsManager(() => randomBytes(16).toString('base64').slice(0, 22))
  /** Of clients of other nodes. */
  readonly #pending = new Set<PendingInvocation>()
  readonly #lostText: string

  /** @param busName - for texts. */
  constructor(
    channels: ClusterChannels,
    protocols: readonly HubProtocol[],
    busName: string,
    sender: InvocationSender,
    publisher: ResultPublisher,
  ) {
    this.#channels = channels
    this.#protocols = protocols
    this.#sender = sender
    this.#lostText = `${busName} was lost while a client's result was waited for.`
    this.#publisher = publisher
  }

  /** The clients of other nodes whose results are waited for. */
  get connectionIds(): string[] {
    return Array.from(this.#pending, ({ connectionId }) => connectionId)
  }

  invoke(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const connection = this.#sender.connectionOf(connectionId)
    if (connection === undefined) return this.#invokeRemote(connectionId, target, args, signal)
    if (connection.isAborted) return Promise.reject(new ClientGoneError(connectionId, 'disconnected'))
    return this.#own.invoke(connectionId, signal, invocationId =>
      this.#sender.send(connection, SerializedHubMessage.invocation(target, args, invocationId)),
    )
  }

  #invokeRemote(
    connectionId: string,
    target: string,
    args: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    let pending: PendingInvocation | undefined
    const result = this.#remote.invoke(connectionId, signal, async invocationId => {
      pending = { connectionId, invocationId }
      this.#pending.add(pending)
      const invocation = SerializedHubMessage.invocation(target, args, invocationId)
      const nodes = await this.#sender.publish(connectionId, invocation, invocationId)
      if (nodes === 0) throw new ClientGoneError(connectionId, 'does not exist')
    })
    return result.finally(() => pending !== undefined && this.#pending.delete(pending))
  }

  /** Another node waits for the answer of a client of this one. */
  wantsRawResult(invocationId: string): boolean {
    return this.#own.wantsRawResult(invocationId)
  }

  complete(connectionId: string, result: CompletionMessage): void {
    if (!this.#own.complete(connectionId, result)) this.#remote.complete(connectionId, result)
  }

  /** Another node invokes a client of this one. */
  forward({ connectionId, protocol }: HubConnectionContext, invocationId: string, returnChannel: string): void {
    const pass = (completion: CompletionMessage) => this.#pass(protocol, completion, returnChannel)
    const isTaken = this.#remote.has(invocationId) || !this.#own.tryForward(connectionId, invocationId, pass)
    if (isTaken) pass(errorCompletion(invocationId, idCollision))
  }

  /**
   * Tells the other nodes which invocations this one waits for. Those of Signalbox answer for the ones they do not
   * know. It may get lost, as it is told again soon.
   */
  publishPending(): void {
    const pending = [...this.#pending]
    const { pendingInvocations, ownReturn: returnChannel } = this.#channels
    for (let start = 0; start < pending.length; start += invocationsPerPayload) {
      const invocations = pending.slice(start, start + invocationsPerPayload)
      const payload = writePendingInvocations({ returnChannel, invocations })
      this.#publisher.publish(pendingInvocations, payload).catch(() => {})
    }
  }

  /**
   * Another node waits for these. A client of this node that has not been sent one will not answer it: the invocation
   * was lost on the way, or its result was. A result that is on its way still comes first, as this node publishes in
   * order.
   * @throws InvalidPayloadError
   */
  onPending(payload: Buffer): void {
    const { returnChannel, invocations } = readPendingInvocations(payload)
    for (const { connectionId, invocationId } of invocations) {
      const connection = this.#sender.connectionOf(connectionId)
      if (connection === undefined || this.#own.has(invocationId)) continue
      this.#passError(connection.protocol, invocationId, this.#lostText, returnChannel)
    }
  }

  /**
   * In place of a result that cannot be passed on goes an error, or the other node would wait for ever. It ignores it
   * if the result has arrived after all.
   */
  #pass(protocol: HubProtocol, completion: CompletionMessage, returnChannel: string): void {
    const { invocationId } = completion
    const payload = writeCompletion(protocol.name, protocol.writeMessage(completion))
    this.#publisher.publish(returnChannel, payload).catch((error: BackplaneError) => {
      this.#publisher.onFailed(error)
      const passError = (text: string) => this.#passError(protocol, invocationId, text, returnChannel)
      if (error.code === 'SIGNALR_BACKPLANE_TOO_LARGE') passError(error.message)
      else this.#publisher.onceReady(() => passError(this.#lostText))
    })
  }

  #passError(protocol: HubProtocol, invocationId: string, text: string, returnChannel: string): void {
    const message = protocol.writeMessage(errorCompletion(invocationId, text))
    const published = this.#publisher.publish(returnChannel, writeCompletion(protocol.name, message))
    published.catch(error => this.#publisher.onFailed(error))
  }

  /** A client of another node has answered. @throws InvalidPayloadError, HubProtocolError */
  onReturned(payload: Buffer): void {
    const { protocolName, completion } = readCompletion(payload)
    const protocol = this.#protocols.find(({ name }) => name === protocolName)
    const message = protocol === undefined ? undefined : readWhole(protocol, completion)
    if (message?.type !== MessageType.Completion)
      throw new InvalidPayloadError(`A client's result, said to be in ${printable(protocolName)}, is none.`)
    this.#remote.completeFromNode(message)
  }

  abandon(connectionId: string): void {
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
