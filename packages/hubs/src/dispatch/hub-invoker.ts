import { isPromiseLike, plainResult } from '@signalbox/abstractions'
import { enterScope, Hub, type HubScope } from '../authoring/hub.js'
import type { AnyHub, HubMethodDescriptor } from '../authoring/hub-descriptor.js'
import { HubException } from '../authoring/hub-exception.js'
import { type HubInvocationContext, throughInvokeFilters } from '../authoring/hub-filter.js'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import type { HubRuntime } from '../hub-runtime.js'
import { asAsyncIterator, streamItems } from '../streams/stream-items.js'
import { errorMessage } from './error-message.js'
import type { HubInvocation } from './hub-invocation.js'

/**
 * Runs hub methods and answers their calls, once each and never after their end.
 * @source DefaultHubDispatcher.Invoke, StreamAsync
 */
export class HubInvoker {
  readonly #runtime: HubRuntime
  readonly #options: Readonly<ResolvedHubOptions>

  constructor(runtime: HubRuntime, options: Readonly<ResolvedHubOptions>) {
    this.#runtime = runtime
    this.#options = options
  }

  createHub(scope: HubScope): AnyHub {
    const hub = plainResult('hubActivator', this.#options.hubActivator(this.#runtime.hubClass), isHub, 'a hub')
    enterScope(hub, scope)
    return hub
  }

  /** What policies and filters learn of a call. */
  contextOf(invocation: HubInvocation, args: readonly unknown[]): HubInvocationContext {
    return {
      context: invocation.callerContext,
      hub: this.#hubOf(invocation),
      hubMethodName: invocation.descriptor.key,
      hubMethodArguments: args,
    }
  }

  run(invocation: HubInvocation, args: readonly unknown[]): void {
    const activity = this.#startActivity(invocation)
    let result: unknown
    let isPending: boolean
    try {
      // Nearly always: nobody watches, and nothing stands between.
      if (activity === undefined && this.#options.filters.length === 0)
        result = invocation.descriptor.method.apply(this.#hubOf(invocation), args as never[])
      else if (activity === undefined) result = this.#call(invocation, args)
      else result = activity.run(() => this.#call(invocation, args))
      isPending = isPromiseLike(result)
    } catch (error) {
      this.fail(invocation, error)
      return
    }
    if (!isPending) {
      this.#succeed(invocation, result)
      return
    }
    // Not `result.then`: a foreign thenable may throw, or call back more than once.
    Promise.resolve(result).then(
      value => this.#succeed(invocation, value),
      error => this.fail(invocation, error),
    )
  }

  /** The method threw, or what it takes to run it or to serialize its result. */
  fail(invocation: HubInvocation, error: unknown): void {
    invocation.activity?.fail(error)
    if (!(error instanceof HubException)) this.logFailure(invocation.descriptor, error)
    const base = `An unexpected error occurred invoking '${invocation.descriptor.name}' on the server.`
    this.refuse(invocation, errorMessage(base, error, this.#options.enableDetailedErrors))
  }

  refuse(invocation: HubInvocation, error: string): void {
    invocation.connection.output.complete(invocation.invocationId, error)
    this.finish(invocation)
  }

  /** Ends what belongs to the call: uploads nobody reads any more, its id, its slot. */
  finish(invocation: HubInvocation): void {
    const { calls } = invocation.connection
    invocation.closeUploads()
    calls.remove(invocation)
    invocation.endPending()
    invocation.releaseSlot()
    calls.onCallEnded()
  }

  logFailure(descriptor: HubMethodDescriptor, error: unknown): void {
    this.#runtime.failures.failed(`Hub method ${this.#runtime.descriptor.name}.${descriptor.key}`, error)
  }

  #startActivity(invocation: HubInvocation): HubInvocation['activity'] {
    const { connection, descriptor, message } = invocation
    if (connection.telemetry === undefined) return undefined
    invocation.activity = connection.telemetry.startInvocation(descriptor.name, message.headers)
    return invocation.activity
  }

  #call(invocation: HubInvocation, args: readonly unknown[]): unknown {
    const { method } = invocation.descriptor
    const { filters } = this.#options
    if (filters.length === 0) return method.apply(this.#hubOf(invocation), args as never[])
    return throughInvokeFilters(filters, this.contextOf(invocation, args), inner =>
      method.apply(inner.hub, inner.hubMethodArguments as never[]),
    )
  }

  /** One instance per call: policies see the one that will run the method. */
  #hubOf(invocation: HubInvocation): AnyHub {
    invocation.hub ??= this.createHub(invocation)
    return invocation.hub
  }

  #succeed(invocation: HubInvocation, result: unknown): void {
    if (invocation.isStream) {
      this.#stream(invocation, result)
      return
    }
    const { connection, invocationId, activity } = invocation
    const endsUploadsFirst = invocation.uploads !== undefined
    if (endsUploadsFirst) this.finish(invocation)
    if (invocationId === undefined) activity?.succeed()
    else {
      try {
        connection.output.writeResult(invocationId, result, activity)
      } catch (error) {
        this.fail(invocation, error)
        return
      }
    }
    if (!endsUploadsFirst) this.finish(invocation)
  }

  #stream(invocation: HubInvocation, result: unknown): void {
    const { activity, descriptor } = invocation
    let iterator: ReturnType<typeof asAsyncIterator>
    try {
      iterator = asAsyncIterator(result)
    } catch (error) {
      this.#failStream(invocation, error)
      return
    }
    if (iterator === undefined) {
      const text = `The value returned by the streaming method '${descriptor.key}' is not a ChannelReader<> or IAsyncEnumerable<>.`
      activity?.fail(new TypeError(text))
      this.refuse(invocation, text)
      return
    }
    const streamed =
      activity === undefined ? streamItems(invocation, iterator) : activity.run(() => streamItems(invocation, iterator))
    streamed.then(
      () => {
        activity?.succeed()
        this.#endStream(invocation, undefined)
      },
      error => this.#failStream(invocation, error),
    )
  }

  #failStream(invocation: HubInvocation, error: unknown): void {
    invocation.activity?.fail(error)
    if (!(error instanceof HubException)) this.logFailure(invocation.descriptor, error)
    const base = 'An error occurred on the server while streaming results.'
    this.#endStream(invocation, errorMessage(base, error, this.#options.enableDetailedErrors))
  }

  /** The id is free before the client hears of the end, so that it may be used again at once. */
  #endStream(invocation: HubInvocation, error: string | undefined): void {
    this.finish(invocation)
    invocation.connection.output.complete(invocation.invocationId, error)
  }
}

const isHub = (value: unknown): boolean => value instanceof Hub
