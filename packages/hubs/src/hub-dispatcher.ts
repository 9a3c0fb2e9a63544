import { type InvocationMessage, MessageType, type StreamInvocationMessage } from '@signalbox/protocol'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BindingFailure, cannotBind } from './binding-failure.js'
import { errorMessage } from './error-message.js'
import { enterScope } from './hub.js'
import type { HubConnectionContext } from './hub-connection-context.js'
import type { AnyHub, HubMethodDescriptor } from './hub-descriptor.js'
import { HubException } from './hub-exception.js'
import { type HubInvocationContext, throughInvokeFilters } from './hub-filter.js'
import { HubInvocation } from './hub-invocation.js'
import type { ResolvedHubOptions } from './hub-options.js'
import type { HubRuntime } from './hub-runtime.js'
import type { HubActivity } from './hub-telemetry.js'
import { asAsyncIterator, streamItems } from './stream-items.js'
import { UploadStream } from './upload-stream.js'

type Call = InvocationMessage | StreamInvocationMessage

/** Runs hub methods and answers calls. @source DefaultHubDispatcher */
export class HubDispatcher {
  readonly runtime: HubRuntime
  readonly options: Readonly<ResolvedHubOptions>

  constructor(runtime: HubRuntime, options: Readonly<ResolvedHubOptions>) {
    this.runtime = runtime
    this.options = options
  }

  /**
   * Starts the call a client made, or answers why it cannot be.
   * @returns false when it has to wait for a slot.
   */
  tryDispatch(connection: HubConnectionContext, message: Call): boolean {
    const descriptor = this.runtime.descriptor.find(message.target)
    if (descriptor === undefined) {
      this.failBinding(connection, message.invocationId, message.target, new BindingFailure(cannotBind))
      return true
    }
    if (message.arguments.length !== descriptor.argumentCount) {
      const text = `Invocation provides ${message.arguments.length} argument(s) but target expects ${descriptor.argumentCount}.`
      this.failBinding(connection, message.invocationId, descriptor.name, new BindingFailure(text))
      return true
    }
    const isStream = message.type === MessageType.StreamInvocation
    // Streams, either way, run beside the plain calls and take no slot.
    const needsSlot = !isStream && descriptor.streams.length === 0
    if (needsSlot && connection.runningInvocations >= this.options.maximumParallelInvocationsPerClient) return false
    const invocation = new HubInvocation(connection, descriptor, message.invocationId, isStream, message.headers)
    if (needsSlot) invocation.takeSlot()
    if (descriptor.schemas === undefined) this.#authorize(invocation, message.arguments, message.streamIds)
    else this.#validate(invocation, descriptor.schemas, message)
    return true
  }

  /** Answers a call whose arguments do not fit. @param target - as sent; a method that exists is quoted by its registered name. */
  failBinding(connection: HubConnectionContext, invocationId: string | undefined, target: string, error: Error): void {
    const descriptor = this.runtime.descriptor.find(target)
    const base = `Failed to invoke '${descriptor?.name ?? target}' due to an error on the server.`
    // A method that does not exist says so, whatever its arguments are like.
    const shown = descriptor === undefined ? new HubException('Method does not exist.') : error
    complete(connection, invocationId, errorMessage(base, shown, this.options.enableDetailedErrors))
  }

  /** What a method finds when it reads on in a stream of which an item could not be read. */
  streamBindingError(error: Error): HubException {
    return new HubException(errorMessage('Failed to bind Stream message.', error, this.options.enableDetailedErrors))
  }

  #validate(invocation: HubInvocation, schemas: readonly StandardSchemaV1[], message: Call): void {
    const { connection, descriptor, invocationId } = invocation
    const refuse = (error: unknown) => {
      if (!(error instanceof BindingFailure)) this.#logFailure(descriptor, error)
      const shown = error instanceof BindingFailure ? error : new BindingFailure(cannotBind)
      this.failBinding(connection, invocationId, descriptor.name, shown)
      this.#finish(invocation)
    }
    let bound: unknown[] | Promise<unknown[]>
    try {
      bound = validateArguments(schemas, message.arguments)
    } catch (error) {
      refuse(error)
      return
    }
    if (bound instanceof Promise) bound.then(args => this.#authorize(invocation, args, message.streamIds), refuse)
    else this.#authorize(invocation, bound, message.streamIds)
  }

  #authorize(invocation: HubInvocation, args: readonly unknown[], streamIds: readonly string[] | undefined): void {
    if (invocation.descriptor.authorize === undefined) {
      this.#start(invocation, args, streamIds)
      return
    }
    this.#isAuthorized(invocation, args).then(
      isAuthorized => {
        if (isAuthorized) this.#start(invocation, args, streamIds)
        else this.#refuse(invocation, `Failed to invoke '${invocation.descriptor.name}' because user is unauthorized`)
      },
      error => this.#fail(invocation, error),
    )
  }

  async #isAuthorized(invocation: HubInvocation, args: readonly unknown[]): Promise<boolean> {
    const { descriptor, connection } = invocation
    const resource: HubInvocationContext = {
      context: connection.callerContext,
      hub: this.createHub(invocation),
      hubMethodName: descriptor.key,
      hubMethodArguments: args,
    }
    const policies = descriptor.authorize === true ? [] : (descriptor.authorize ?? [])
    if (!connection.callerContext.user.isAuthenticated) return false
    for (const policy of policies) {
      if (!(await this.options.policies[policy]?.(connection.callerContext.user, resource))) return false
    }
    return true
  }

  #start(invocation: HubInvocation, args: readonly unknown[], streamIds: readonly string[] | undefined): void {
    const { connection, descriptor, invocationId } = invocation
    if (descriptor.isStreaming !== invocation.isStream) {
      this.#refuse(
        invocation,
        descriptor.isStreaming
          ? `The client attempted to invoke the streaming '${descriptor.name}' method with a non-streaming invocation.`
          : `The client attempted to invoke the non-streaming '${descriptor.name}' method with a streaming invocation.`,
      )
      return
    }
    if (invocation.isStream && !this.#tryRegister(connection, invocation, invocationId)) return
    const sent = streamIds === undefined ? 0 : streamIds.length
    if (sent !== descriptor.streams.length) {
      this.#fail(
        invocation,
        new HubException(`Client sent ${sent} stream(s), Hub method expects ${descriptor.streams.length}.`),
      )
      return
    }
    const duplicate = sent === 0 ? undefined : this.#openUploads(invocation, streamIds!)
    if (duplicate !== undefined) this.#fail(invocation, new HubException(`Stream ID '${duplicate}' is already in use.`))
    else this.#run(invocation, descriptor.takesInvocation || sent > 0 ? withStreams(invocation, args) : args)
  }

  /** @returns false when the call has been refused. */
  #tryRegister(connection: HubConnectionContext, invocation: HubInvocation, invocationId: string | undefined): boolean {
    const limit = this.options.maximumStreamsPerClient
    if (connection.streamCount >= limit) {
      this.#refuse(
        invocation,
        `No more than ${limit} streams may be under way on one connection (maximumStreamsPerClient).`,
      )
      return false
    }
    if (invocationId === undefined || connection.tryAddStream(invocationId, invocation)) return true
    this.#refuse(invocation, `Invocation ID '${invocationId}' is already in use.`)
    return false
  }

  /** @returns the id of a stream that is under way already; nothing is opened then. */
  #openUploads(invocation: HubInvocation, streamIds: readonly string[]): string | undefined {
    const { streamBufferCapacityItems, enableDetailedErrors } = this.options
    invocation.uploads = new Map()
    for (const [index, streamId] of streamIds.entries()) {
      const upload = new UploadStream(
        streamBufferCapacityItems,
        invocation.descriptor.streams[index]!.item,
        enableDetailedErrors,
      )
      if (!invocation.connection.tryAddUpload(streamId, upload)) return streamId
      invocation.uploads.set(streamId, upload)
    }
    return undefined
  }

  #run(invocation: HubInvocation, args: readonly unknown[]): void {
    let result: unknown
    let isPending: boolean
    const activity = this.#startActivity(invocation)
    try {
      result = activity === undefined ? this.#call(invocation, args) : activity.run(() => this.#call(invocation, args))
      isPending = isPromiseLike(result)
    } catch (error) {
      this.#fail(invocation, error)
      return
    }
    if (!isPending) {
      this.#succeed(invocation, result)
      return
    }
    // Not `result.then`: a foreign thenable may throw, or call back more than once.
    Promise.resolve(result).then(
      value => this.#succeed(invocation, value),
      error => this.#fail(invocation, error),
    )
  }

  #startActivity(invocation: HubInvocation): HubActivity | undefined {
    const { connection, descriptor, headers } = invocation
    if (connection.telemetry === undefined) return undefined
    invocation.activity = connection.telemetry.startInvocation(descriptor.name, headers)
    return invocation.activity
  }

  #call(invocation: HubInvocation, args: readonly unknown[]): unknown {
    const hub = this.createHub(invocation)
    const { filters } = this.options
    if (filters.length === 0) return invocation.descriptor.method.apply(hub, args as never[])
    const context: HubInvocationContext = {
      context: invocation.callerContext,
      hub,
      hubMethodName: invocation.descriptor.key,
      hubMethodArguments: args,
    }
    return throughInvokeFilters(filters, context, inner =>
      invocation.descriptor.method.apply(inner.hub, inner.hubMethodArguments as never[]),
    )
  }

  createHub(scope: Parameters<typeof enterScope>[1]): AnyHub {
    const hub = new this.runtime.hubClass()
    enterScope(hub, scope)
    return hub
  }

  #succeed(invocation: HubInvocation, result: unknown): void {
    const { connection, invocationId } = invocation
    if (invocation.isStream) {
      this.#stream(invocation, result)
      return
    }
    invocation.activity?.succeed()
    const endsUploadsFirst = invocation.uploads !== undefined
    if (endsUploadsFirst) this.#finish(invocation)
    if (invocationId !== undefined)
      connection.writeMessage({
        type: MessageType.Completion,
        headers: undefined,
        invocationId,
        error: undefined,
        result,
        hasResult: true,
      })
    if (!endsUploadsFirst) this.#finish(invocation)
  }

  #stream(invocation: HubInvocation, result: unknown): void {
    const { activity, descriptor } = invocation
    const iterator = asAsyncIterator(result)
    if (iterator === undefined) {
      const text = `The value returned by the streaming method '${descriptor.key}' is not a ChannelReader<> or IAsyncEnumerable<>.`
      activity?.fail(new TypeError(text))
      this.#refuse(invocation, text)
      return
    }
    const streamed =
      activity === undefined ? streamItems(invocation, iterator) : activity.run(() => streamItems(invocation, iterator))
    streamed.then(
      () => {
        activity?.succeed()
        this.#endStream(invocation, undefined)
      },
      error => {
        activity?.fail(error)
        if (!(error instanceof HubException)) this.#logFailure(descriptor, error)
        const base = 'An error occurred on the server while streaming results.'
        this.#endStream(invocation, errorMessage(base, error, this.options.enableDetailedErrors))
      },
    )
  }

  /** The id is free before the client hears of the end, so that it may be used again at once. */
  #endStream(invocation: HubInvocation, error: string | undefined): void {
    this.#finish(invocation)
    complete(invocation.connection, invocation.invocationId, error)
  }

  #fail(invocation: HubInvocation, error: unknown): void {
    invocation.activity?.fail(error)
    if (!(error instanceof HubException)) this.#logFailure(invocation.descriptor, error)
    const base = `An unexpected error occurred invoking '${invocation.descriptor.name}' on the server.`
    this.#refuse(invocation, errorMessage(base, error, this.options.enableDetailedErrors))
  }

  #refuse(invocation: HubInvocation, error: string): void {
    complete(invocation.connection, invocation.invocationId, error)
    this.#finish(invocation)
  }

  /** Ends what belongs to the call: uploads nobody reads any more, its id, its slot. */
  #finish(invocation: HubInvocation): void {
    const { connection, uploads } = invocation
    for (const [streamId, upload] of uploads ?? []) {
      connection.removeUpload(streamId)
      void upload.return()
    }
    connection.forget(invocation)
    invocation.releaseSlot()
  }

  #logFailure(descriptor: HubMethodDescriptor, error: unknown): void {
    this.runtime.logger.error(`Hub method ${this.runtime.descriptor.name}.${descriptor.key} failed.`, error)
  }
}

/** @param error - undefined ends a stream: neither error nor result. */
function complete(connection: HubConnectionContext, invocationId: string | undefined, error: string | undefined): void {
  if (invocationId === undefined) return
  connection.writeMessage({
    type: MessageType.Completion,
    headers: undefined,
    invocationId,
    error,
    result: undefined,
    hasResult: false,
  })
}

/** Puts the client's streams into their places, and the call itself behind everything. */
function withStreams(invocation: HubInvocation, args: readonly unknown[]): readonly unknown[] {
  const all = [...args]
  const uploads = [...(invocation.uploads?.values() ?? [])]
  for (const [order, { index }] of invocation.descriptor.streams.entries()) all.splice(index, 0, uploads[order])
  if (invocation.descriptor.takesInvocation) all.push(invocation)
  return all
}

/** Synchronous as long as every schema is. @throws BindingFailure, or what a schema throws. */
function validateArguments(
  schemas: readonly StandardSchemaV1[],
  args: readonly unknown[],
): unknown[] | Promise<unknown[]> {
  const results = schemas.map((schema, index) => schema['~standard'].validate(args[index]))
  if (results.some(result => result instanceof Promise)) return Promise.all(results).then(valuesOf)
  return valuesOf(results as StandardSchemaV1.Result<unknown>[])
}

const valuesOf = (results: readonly StandardSchemaV1.Result<unknown>[]): unknown[] =>
  results.map(result => {
    if (result.issues !== undefined) throw new BindingFailure(cannotBind)
    return result.value
  })

const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
