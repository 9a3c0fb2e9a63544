import type { StandardSchemaV1 } from '@standard-schema/spec'
import { misfit } from './binding-failure.js'

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
    if (result instanceof Promise) return bindLater(schemas, args, bound, result)
    bound.push(checkedValue(result, index))
  }
  return bound
}

/** From the first schema that is asynchronous on; they still check one after the other. */
async function bindLater(
  schemas: readonly StandardSchemaV1[],
  args: readonly unknown[],
  bound: unknown[],
  pending: Promise<StandardSchemaV1.Result<unknown>>,
): Promise<unknown[]> {
  bound.push(checkedValue(await pending, bound.length))
  for (let index = bound.length; index < schemas.length; index++)
    bound.push(checkedValue(await schemas[index]!['~standard'].validate(args[index]), index))
  return bound
}

function checkedValue(result: StandardSchemaV1.Result<unknown>, index: number): unknown {
  if (result.issues !== undefined) throw misfit(index, result.issues)
  return result.value
}
