import type { StandardSchemaV1 } from '@standard-schema/spec'
import { BindingFailure, cannotBind } from './binding-failure.js'

/**
 * Checks each argument by its schema, which may also change it. Synchronous as long as every schema is.
 * @throws BindingFailure, or what a schema throws.
 */
export function bindArguments(
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
