import { describeValue, isPromiseLike } from '@signalbox/abstractions'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { NamedException } from './error-message.js'

/** What a schema has against a value that a client passed. */
export interface ValidationIssue {
  /** Which of the values, from 0; undefined for an item of a stream. */
  readonly argumentIndex: number | undefined
  /** Where in the value; empty for the value itself. */
  readonly path: readonly PropertyKey[]
  /** The schema's own text. */
  readonly message: string
}

/** What a client passed does not fit: that call or stream fails, the connection lives. */
export class BindingFailure extends Error implements NamedException {
  readonly exceptionType = 'InvalidDataException'
  readonly issues: readonly ValidationIssue[]

  constructor(message: string, issues: readonly ValidationIssue[] = []) {
    super(message)
    this.issues = issues
  }
}

export const cannotBind =
  'Error binding arguments. Make sure that the types of the provided values match the types of the hub method being invoked.'

/** @param argumentIndex - undefined for an item of a stream. */
function misfit(argumentIndex: number | undefined, issues: readonly StandardSchemaV1.Issue[]): BindingFailure {
  return new BindingFailure(
    cannotBind,
    issues.map(({ path = [], message }) => ({
      argumentIndex,
      path: path.map(segment => (typeof segment === 'object' ? segment.key : segment)),
      message,
    })),
  )
}

/**
 * Checks each argument by its schema, which may also change it. Synchronous, and without a promise, as long as every
 * schema is.
 * @throws BindingFailure, or what a schema throws.
 */
export function bindArguments(
  schemas: readonly StandardSchemaV1[],
  args: readonly unknown[],
): unknown[] | Promise<unknown[]> {
  const bound: unknown[] = []
  for (let index = 0; index < schemas.length; index++) {
    const result = schemas[index]!['~standard'].validate(args[index])
    if (isPromiseLike(result)) return bindLater(schemas, args, bound, result)
    bound.push(checkedValue(result, index))
  }
  return bound
}

/** From the first schema that is asynchronous on; they still check one after the other. */
async function bindLater(
  schemas: readonly StandardSchemaV1[],
  args: readonly unknown[],
  bound: unknown[],
  pending: PromiseLike<StandardSchemaV1.Result<unknown>>,
): Promise<unknown[]> {
  bound.push(checkedValue(await pending, bound.length))
  for (let index = bound.length; index < schemas.length; index++)
    bound.push(checkedValue(await schemas[index]!['~standard'].validate(args[index]), index))
  return bound
}

/**
 * What a schema makes of a value.
 * @param index - of the argument; undefined for an item of a stream.
 * @throws BindingFailure when the value does not fit, and a TypeError when the answer of the schema is none: to take it
 * for a yes would let in what nobody has checked.
 */
export function checkedValue(result: StandardSchemaV1.Result<unknown>, index: number | undefined): unknown {
  if (typeof result !== 'object' || result === null) throw noAnswer(result)
  const { issues } = result
  if (issues !== undefined) throw Array.isArray(issues) ? misfit(index, issues) : noAnswer(result)
  if (!('value' in result)) throw noAnswer(result)
  return result.value
}

const noAnswer = (result: unknown) =>
  new TypeError(`A schema must answer { value } or { issues }, but answered ${describeValue(result)}.`)
