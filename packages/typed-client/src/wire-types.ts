/** The hub protocol a connection speaks: `json` unless it was built with the MessagePack one. */
export type WireFormat = 'json' | 'messagepack'

/** What a value of the server's type is once it has arrived. On the way `undefined` becomes null. */
export type Received<T, TFormat extends WireFormat> = T extends undefined ? null : Arrived<T, TFormat>

/** What is left of a type after JSON: a Date is a string, and so are bytes, in base64. */
export type Json<T> = Arrived<T, 'json'>

/** As docs/values.md has it, and as the JavaScript client reads it. */
type Arrived<T, TFormat extends WireFormat> = 0 extends 1 & T // any
  ? T
  : T extends bigint
    ? number
    : T extends Primitive // before objects, for branded texts and numbers are objects to the compiler as well
      ? T
      : T extends ArrayBuffer | ArrayBufferView
        ? TFormat extends 'json'
          ? string
          : Uint8Array
        : T extends Date
          ? TFormat extends 'json'
            ? string
            : Date
          : T extends { toJSON(key?: string): infer TResult }
            ? Arrived<TResult, TFormat>
            : T extends ReadonlyMap<unknown, infer TValue>
              ? Record<string, Arrived<TValue, TFormat>>
              : T extends ReadonlySet<infer TItem>
                ? Arrived<TItem, TFormat>[]
                : T extends object
                  ? { [K in keyof T]: Arrived<T[K], TFormat> }
                  : T

type Primitive = string | number | boolean | symbol | null | undefined
