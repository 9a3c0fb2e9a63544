import type { InvocationMessage, StreamInvocationMessage } from '@signalbox/protocol'
import type { HubMethodDescriptor } from '../authoring/hub-descriptor.js'
import { HubException } from '../authoring/hub-exception.js'
import { tellOfBindingFailure } from '../authoring/hub-filter.js'
import type { ResolvedHubOptions } from '../authoring/hub-options.js'
import type { HubConnection } from '../connection/hub-connection.js'
import type { HubRuntime } from '../hub-runtime.js'
import { BindingFailure } from './argument-binding.js'
import { bindingErrorMessage } from './binding-error-message.js'

/** A call as far as it could be read. */
export type RefusedCall = Pick<InvocationMessage | StreamInvocationMessage, 'invocationId' | 'target'> & {
  readonly arguments?: readonly unknown[]
}

/**
 * Answers a call that cannot be bound to a method: there is none of that name, or its arguments do not fit.
 * @returns a promise when a filter wants to know: nothing behind the call may be read until that resolves. It never
 * rejects.
 */
export function refuseBinding(
  runtime: HubRuntime,
  options: Readonly<ResolvedHubOptions>,
  connection: HubConnection,
  call: RefusedCall,
  failure: Error,
): Promise<void> | undefined {
  const { invocationId, target, arguments: hubMethodArguments } = call
  const descriptor = runtime.descriptor.find(target)
  report(runtime, descriptor, target, failure)
  // A method that does not exist says so, whatever its arguments are like.
  const error = descriptor === undefined ? new HubException('Method does not exist.') : failure
  const base = `Failed to invoke '${descriptor?.name ?? target}' due to an error on the server.`
  const answer = (shown: unknown) => connection.output.complete(invocationId, bindingErrorMessage(base, shown, options))
  const told = tellOfBindingFailure(options.filters, {
    context: connection.callerContext,
    target,
    hubMethodName: descriptor?.key,
    hubMethodArguments,
    issues: error instanceof BindingFailure ? error.issues : [],
    error,
  })
  if (told === undefined) {
    answer(error)
    return undefined
  }
  return told.then(
    () => answer(error),
    thrown => {
      if (!(thrown instanceof HubException))
        runtime.logger.error(`${runtime.descriptor.name}: onBindingFailure of a filter failed.`, thrown)
      answer(thrown instanceof HubException ? thrown : error)
    },
  )
}

/** What an argument was like is not repeated; which one it was, or the number of arguments, is. */
function report(
  { descriptor: hub, refusals }: HubRuntime,
  descriptor: HubMethodDescriptor | undefined,
  target: string,
  failure: Error,
): void {
  if (descriptor !== undefined) {
    const index = failure instanceof BindingFailure ? failure.issues[0]?.argumentIndex : undefined
    const reason = index === undefined ? failure.message : `Argument ${index + 1} does not fit.`
    refusals.argumentsRefused(descriptor, reason)
    return
  }
  const undeclared = hub.findUndeclared(target)
  if (undeclared === undefined) refusals.noSuchMethod(target)
  else refusals.methodNotDeclared(undeclared)
}
