import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A schema as any library would make it. @param validate - answers the value to use, and throws for one that does not fit. */
export function schema<TOutput>(validate: (value: unknown) => TOutput): StandardSchemaV1<unknown, TOutput> {
  return standard(value => {
    try {
      return { value: validate(value) }
    } catch (error) {
      return { issues: [{ message: String(error) }] }
    }
  })
}

/** A schema that answers later. */
export function slowSchema<TOutput>(
  validate: (value: unknown) => Promise<TOutput>,
): StandardSchemaV1<unknown, TOutput> {
  return standard(value =>
    validate(value).then(
      value => ({ value }),
      error => ({ issues: [{ message: String(error) }] }),
    ),
  )
}

/** A schema that does what `validate` does, failing outright included. */
export function standard<TOutput>(
  validate: StandardSchemaV1.Props<unknown, TOutput>['validate'],
): StandardSchemaV1<unknown, TOutput> {
  return { '~standard': { version: 1, vendor: 'signalbox-tests', validate } }
}

export const text = schema(value => {
  if (typeof value !== 'string') throw new TypeError('not a string')
  return value
})

export const wholeNumber = schema(value => {
  if (!Number.isInteger(value)) throw new TypeError('not a whole number')
  return value as number
})
