import { type InvocationMessage, MessageType, type StreamInvocationMessage } from '@signalbox/protocol'
import { passesPolicy } from '../authoring/ask-policy.js'
import type { HubMethodDescriptor } from '../authoring/hub-descriptor.js'
import { HubException } from '../authoring/hub-exception.js'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import type { HubConnection } from '../connection/hub-connection.js'
import type { CallMessage } from '../hub-extension.js'
import type { HubRuntime } from '../hub-runtime.js'
import { BindingFailure, bindArguments, cannotBind } from './argument-binding.js'
import { streamBindingError } from './binding-error-message.js'
import { type RefusedCall, refuseBinding } from './binding-refusal.js'
import type { NamedException } from './error-message.js'
import { HubInvocation } from './hub-invocation.js'
import { HubInvoker } from './hub-invoker.js'

class NoSuchStreamError extends Error implements NamedException {
  readonly exceptionType = 'KeyNotFoundException'
}

type Call = InvocationMessage | StreamInvocationMessage

/**
 * `wait`: it does not fit yet, no slot is free or a stream is full. A promise: nothing behind it may be read until that
 * resolves.
 */
export type Dispatched = 'done' | 'wait' | Promise<void>

/**
 * Brings messages to the calls they belong to. A call from a client goes to the method it names: lookup, count, slot,
 * arguments, authorization, mode and streams, in this order; what fails is answered here. Everything is synchronous
 * unless a schema or a policy is not.
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

  /**
   * Starts the call a client makes, answers why it cannot be, or tells a call under way.
   * @param messageBytes - of the message, framing included.
   * @throws what closes the connection.
   */
  dispatch(connection: HubConnection, message: CallMessage, messageBytes: number): Dispatched {
    if (message.type !== MessageType.Invocation && message.type !== MessageType.StreamInvocation)
      return this.#dispatchToCall(connection, message, messageBytes)
    const descriptor = this.runtime.descriptor.find(message.target)
    if (descriptor === undefined) return this.#refuseCall(connection, message, cannotBind)
    const { arguments: args } = message
    if (args.length !== descriptor.argumentCount) {
      const text = `Invocation provides ${args.length} argument(s) but target expects ${descriptor.argumentCount}.`
      return this.#refuseCall(connection, message, text)
    }
    const isStream = message.type === MessageType.StreamInvocation
    // Streams, either way, run beside the plain calls and take no slot.
    const needsSlot = !isStream && descriptor.streams.length === 0
    if (needsSlot && connection.calls.running >= this.options.maximumParallelInvocationsPerClient) return 'wait'
    const invocation = new HubInvocation(connection, descriptor, message, messageBytes)
    const excess = connection.calls.findExcess(isStream, this.options)
    if (excess !== undefined) {
      this.runtime.refusals.tooManyPending(descriptor, excess)
      this.invoker.refuse(invocation, excess)
      return 'done'
    }
    if (needsSlot) invocation.takeSlot()
    else invocation.startPending()
    if (descriptor.schemas === undefined && descriptor.authorize === undefined) {
      this.#start(invocation, args)
      return 'done'
    }
    const started = this.#check(invocation, args)
    // Items and cancels that follow must find their stream; a plain call has its slot to keep order.
    return started === undefined || needsSlot ? 'done' : started
  }

  /** What belongs to no call is ignored: calls end while messages for them are under way. */
  #dispatchToCall(connection: HubConnection, message: Exclude<CallMessage, Call>, messageBytes: number): Dispatched {
    const { calls } = connection
    switch (message.type) {
      case MessageType.StreamItem: {
        if (message.invocationId === '') throw new NoSuchStreamError(`No stream with id '' could be found.`)
        const upload = calls.findUpload(message.invocationId)
        return upload === undefined || upload.tryPush(message.item, messageBytes) ? 'done' : 'wait'
      }
      case MessageType.Completion: {
        const upload = calls.takeUpload(message.invocationId)
        if (upload === undefined) this.runtime.manager.clientResults.complete(connection.connectionId, message)
        else upload.complete(message.error === undefined ? undefined : new HubException(message.error))
        return 'done'
      }
      case MessageType.CancelInvocation:
        calls.cancel(message.invocationId)
        return 'done'
      case 'invocationBindingFailure':
        return this.#refuseBinding(connection, message, message.error) ?? 'done'
      case 'streamBindingFailure':
        calls.takeUpload(message.streamId)?.complete(streamBindingError(message.error, this.options))
        return 'done'
    }
  }

  // Before a method runs

  /** Looks at arguments and user. @returns a promise when a schema, a policy or a filter takes its time. */
  #check(invocation: HubInvocation, args: readonly unknown[]): void | Promise<void> {
    const { schemas } = invocation.descriptor
    if (schemas === undefined) return this.#authorize(invocation, args)
    let bound: unknown[] | Promise<unknown[]>
    try {
      bound = bindArguments(schemas, args)
    } catch (error) {
      return this.#refuseArguments(invocation, error)
    }
    if (!(bound instanceof Promise)) return this.#authorize(invocation, bound)
    return bound.then(
      later => this.#authorize(invocation, later),
      error => this.#refuseArguments(invocation, error),
    )
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

  /**
   * Whether the user passes: authenticated, and let through by every policy named. A policy nobody has declared lets
   * nobody pass.
   */
  async #isAuthorized(
    invocation: HubInvocation,
    required: true | readonly string[],
    args: readonly unknown[],
  ): Promise<boolean> {
    const { policies } = this.options
    const { user } = invocation.callerContext
    const resource = this.invoker.contextOf(invocation, args)
    if (!user.isAuthenticated) return false
    if (required === true) return true
    for (const name of required) {
      const policy = Object.hasOwn(policies, name) ? policies[name] : undefined
      if (policy === undefined || !(await passesPolicy(name, policy, user, resource))) return false
    }
    return true
  }

  #start(invocation: HubInvocation, args: readonly unknown[]): void {
    const { connection, descriptor, isStream, streamIds } = invocation
    const refusal = descriptor.isStreaming === isStream ? undefined : wrongMode(descriptor)
    if (refusal !== undefined) {
      this.invoker.refuse(invocation, refusal)
      return
    }
    if (connection.isAborted) {
      this.invoker.finish(invocation) // it left while it was looked at
      return
    }
    if (isStream && !this.#tryAddStream(invocation)) return
    // .NET 11 clients cancel plain calls too; only methods that ask for their `Invocation` can hear it.
    if (!isStream && descriptor.takesInvocation) connection.calls.addCancellable(invocation)
    const { length } = descriptor.streams
    if (streamIds.length !== length) {
      const text = `Client sent ${streamIds.length} stream(s), Hub method expects ${length}.`
      this.invoker.fail(invocation, new HubException(text))
      return
    }
    const duplicate = length === 0 ? undefined : invocation.openUploads(this.options)
    if (duplicate !== undefined)
      this.invoker.fail(invocation, new HubException(`Stream ID '${duplicate}' is already in use.`))
    else this.invoker.run(invocation, invocation.completeArguments(args))
  }

  /** @returns false when the call has been refused. */
  #tryAddStream(invocation: HubInvocation): boolean {
    const { connection, descriptor, invocationId } = invocation
    const limit = this.options.maximumStreamsPerClient
    if (connection.calls.streamCount >= limit) {
      this.runtime.refusals.tooManyStreams(descriptor, limit)
      const text = `No more than ${limit} streams may be under way on one connection (maximumStreamsPerClient).`
      this.invoker.refuse(invocation, text)
      return false
    }
    if (connection.calls.tryAddStream(invocation)) return true
    this.invoker.refuse(invocation, `Invocation ID '${invocationId}' is already in use.`)
    return false
  }

  #refuseCall(connection: HubConnection, message: Call, reason: string): Dispatched {
    return this.#refuseBinding(connection, message, new BindingFailure(reason)) ?? 'done'
  }

  #refuseArguments(invocation: HubInvocation, error: unknown): void | Promise<void> {
    const { connection, descriptor, message } = invocation
    const isMisfit = error instanceof BindingFailure
    if (!isMisfit) this.invoker.logFailure(descriptor, error)
    const answered = this.#refuseBinding(connection, message, isMisfit ? error : new BindingFailure(cannotBind))
    if (answered !== undefined) return answered.then(() => this.invoker.finish(invocation))
    this.invoker.finish(invocation)
    return undefined
  }

  #refuseBinding(connection: HubConnection, call: RefusedCall, failure: Error): Promise<void> | undefined {
    return refuseBinding(this.runtime, this.options, connection, call, failure)
  }
}

const wrongMode = ({ name, isStreaming }: HubMethodDescriptor): string =>
  isStreaming
    ? `The client attempted to invoke the streaming '${name}' method with a non-streaming invocation.`
    : `The client attempted to invoke the non-streaming '${name}' method with a streaming invocation.`
