import { type InvocationMessage, MessageType, type StreamInvocationMessage } from '@signalbox/protocol'
import type { HubMethodDescriptor } from '../authoring/hub-descriptor.js'
import { HubException } from '../authoring/hub-exception.js'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import type { HubConnection } from '../connection/hub-connection.js'
import type { HubRuntime } from '../hub-runtime.js'
import { bindArguments } from './bind-arguments.js'
import { BindingFailure, cannotBind } from './binding-failure.js'
import { refuseBinding } from './binding-refusal.js'
import type { Dispatched } from './dispatch-message.js'
import { HubInvocation } from './hub-invocation.js'
import { HubInvoker } from './hub-invoker.js'
import { isAuthorized } from './is-authorized.js'

type Call = InvocationMessage | StreamInvocationMessage

/**
 * Takes calls from clients to the methods they name: lookup, count, slot, arguments, authorization, mode and streams, in this order; what fails is answered
 * here. Everything is synchronous unless a schema or a policy is not.
 * @source DefaultHubDispatcher
 */
export class HubDispatcher {
  readonly runtime: HubRuntime
  readonly options: Readonly<ResolvedHubOptions>
  readonly invoker: HubInvoker

  constructor(runtime: HubRuntime, options: Readonly<ResolvedHubOptions>) {
    this.runtime = runtime
    this.options = options
    this.invoker = new HubInvoker(runtime, options)
  }

  /** Starts the call a client made, or answers why it cannot be. */
  tryDispatch(connection: HubConnection, message: Call): Dispatched {
    const descriptor = this.runtime.descriptor.find(message.target)
    if (descriptor === undefined)
      return refuseBinding(this, connection, message, new BindingFailure(cannotBind)) ?? 'done'
    const { arguments: args } = message
    if (args.length !== descriptor.argumentCount) {
      const text = `Invocation provides ${args.length} argument(s) but target expects ${descriptor.argumentCount}.`
      return refuseBinding(this, connection, message, new BindingFailure(text)) ?? 'done'
    }
    const isStream = message.type === MessageType.StreamInvocation
    // Streams, either way, run beside the plain calls and take no slot.
    const needsSlot = !isStream && descriptor.streams.length === 0
    if (needsSlot && connection.runningInvocations >= this.options.maximumParallelInvocationsPerClient) return 'wait'
    const invocation = new HubInvocation(connection, descriptor, message)
    const excess = this.#excessOf(connection, isStream)
    if (excess !== undefined) {
      this.runtime.refusals.tooManyPending(descriptor, excess)
      this.invoker.refuse(invocation, excess)
      return 'done'
    }
    if (needsSlot) invocation.takeSlot()
    else invocation.startPending()
    const started = this.#begin(invocation, descriptor, args)
    // Items and cancels that follow must find their stream; a plain call has its slot to keep order.
    return started === undefined || needsSlot ? 'done' : started
  }

  /** What one more call would be too much of, as the client is told. Any plain call may come to wait for a client, so each is counted as if it did. */
  #excessOf({ pendingInvocations, pendingInvocationBytes }: HubConnection, isStream: boolean): string | undefined {
    const { maximumPendingInvocationsPerClient: limit, maximumPendingInvocationBytesPerClient: bytes } = this.options
    if (!isStream && pendingInvocations >= limit)
      return `No more than ${limit} invocations may be pending on one connection (maximumPendingInvocationsPerClient).`
    if (pendingInvocationBytes > bytes)
      return `No more than ${bytes} bytes of calls may be pending on one connection (maximumPendingInvocationBytesPerClient).`
    return undefined
  }

  #begin(invocation: HubInvocation, descriptor: HubMethodDescriptor, args: readonly unknown[]): void | Promise<void> {
    if (descriptor.schemas === undefined) return this.#authorize(invocation, args)
    let bound: unknown[] | Promise<unknown[]>
    try {
      bound = bindArguments(descriptor.schemas, args)
    } catch (error) {
      return this.#refuseArguments(invocation, error)
    }
    if (!(bound instanceof Promise)) return this.#authorize(invocation, bound)
    return bound.then(
      later => this.#authorize(invocation, later),
      error => this.#refuseArguments(invocation, error),
    )
  }

  #refuseArguments(invocation: HubInvocation, error: unknown): void | Promise<void> {
    const { connection, descriptor, message } = invocation
    const isMisfit = error instanceof BindingFailure
    if (!isMisfit) this.invoker.logFailure(descriptor, error)
    const answered = refuseBinding(this, connection, message, isMisfit ? error : new BindingFailure(cannotBind))
    if (answered !== undefined) return answered.then(() => this.invoker.finish(invocation))
    this.invoker.finish(invocation)
    return undefined
  }

  #authorize(invocation: HubInvocation, args: readonly unknown[]): void | Promise<void> {
    const { connection, descriptor } = invocation
    if (descriptor.authorize === undefined) {
      this.#start(invocation, args)
      return undefined
    }
    return this.#isAuthorized(invocation, descriptor.authorize, args).then(
      passes => {
        if (connection.isAborted) this.invoker.finish(invocation)
        else if (passes) this.#start(invocation, args)
        else {
          this.runtime.refusals.unauthorized(descriptor)
          this.invoker.refuse(invocation, `Failed to invoke '${descriptor.name}' because user is unauthorized`)
        }
      },
      error => this.invoker.fail(invocation, error),
    )
  }

  async #isAuthorized(
    invocation: HubInvocation,
    required: true | readonly string[],
    args: readonly unknown[],
  ): Promise<boolean> {
    const resource = this.invoker.contextOf(invocation, args)
    return isAuthorized(invocation.callerContext.user, required, this.options.policies, resource)
  }

  #start(invocation: HubInvocation, args: readonly unknown[]): void {
    const { connection, descriptor, streamIds } = invocation
    const { name, streams } = descriptor
    if (descriptor.isStreaming !== invocation.isStream) {
      this.invoker.refuse(
        invocation,
        descriptor.isStreaming
          ? `The client attempted to invoke the streaming '${name}' method with a non-streaming invocation.`
          : `The client attempted to invoke the non-streaming '${name}' method with a streaming invocation.`,
      )
      return
    }
    if (connection.isAborted) {
      this.invoker.finish(invocation) // it left while it was looked at
      return
    }
    if (invocation.isStream && !this.#tryRegister(invocation)) return
    // .NET 11 clients cancel plain calls too; only methods that ask for their `Invocation` can hear it.
    if (!invocation.isStream && descriptor.takesInvocation && invocation.invocationId !== undefined)
      connection.addCancellable(invocation.invocationId, invocation)
    if (streamIds.length !== streams.length) {
      const text = `Client sent ${streamIds.length} stream(s), Hub method expects ${streams.length}.`
      this.invoker.fail(invocation, new HubException(text))
      return
    }
    const duplicate = streamIds.length === 0 ? undefined : invocation.openUploads(this.options)
    if (duplicate !== undefined)
      this.invoker.fail(invocation, new HubException(`Stream ID '${duplicate}' is already in use.`))
    else this.invoker.run(invocation, invocation.completeArguments(args))
  }

  /** @returns false when the call has been refused. */
  #tryRegister(invocation: HubInvocation): boolean {
    const { connection, invocationId } = invocation
    const limit = this.options.maximumStreamsPerClient
    if (connection.streamCount >= limit) {
      this.runtime.refusals.tooManyStreams(invocation.descriptor, limit)
      const text = `No more than ${limit} streams may be under way on one connection (maximumStreamsPerClient).`
      this.invoker.refuse(invocation, text)
      return false
    }
    if (invocationId === undefined || connection.tryAddStream(invocationId, invocation)) return true
    this.invoker.refuse(invocation, `Invocation ID '${invocationId}' is already in use.`)
    return false
  }
}
