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
export function misfit(argumentIndex: number | undefined, issues: readonly StandardSchemaV1.Issue[]): BindingFailure {
  return new BindingFailure(
    cannotBind,
    issues.map(({ path = [], message }) => ({
      argumentIndex,
      path: path.map(segment => (typeof segment === 'object' ? segment.key : segment)),
      message,
    })),
  )
}
