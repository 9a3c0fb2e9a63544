import type { StandardSchemaV1 } from '@standard-schema/spec'

/** A parameter that a client fills item by item while the method runs; the method gets an async iterable. */
export interface StreamParameter {
  readonly isStream: true
  /** Checks each item; undefined takes any. */
  readonly item: StandardSchemaV1 | undefined
}

/**
 * Declares a parameter as a stream from the client.
 * @param item - checks each item; one that does not fit ends the stream with an error.
 * @example `static hubMethods = { sum: [stream(z.number())] }`
 */
export const stream = (item?: StandardSchemaV1): StreamParameter => ({ isStream: true, item })

/** A parameter that takes any value, for lists that mix checked and unchecked ones. */
export const anyValue: StandardSchemaV1 = {
  '~standard': { version: 1, vendor: 'signalbox', validate: value => ({ value }) },
}
