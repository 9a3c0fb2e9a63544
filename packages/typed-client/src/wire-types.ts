/** The hub protocol a connection speaks: `json` unless it was built with the MessagePack one. */
export type WireFormat = 'json' | 'messagepack'

/** What a value of the server's type is once it has arrived. On the way `undefined` becomes null. */
export type Received<T, TFormat extends WireFormat> = T extends undefined ? null : TFormat extends 'json' ? Json<T> : T

/** What is left of a type after JSON: a Date is a string, and so are bytes, in base64. */
export type Json<T> = 0 extends 1 & T // any
  ? T
  : T extends Primitive // first, for branded texts and numbers are objects to the compiler as well
    ? T
    : T extends ArrayBuffer | ArrayBufferView
      ? string
      : T extends { toJSON(key?: string): infer TResult }
        ? Json<TResult>
        : T extends object
          ? { [K in keyof T]: Json<T[K]> }
          : T

type Primitive = string | number | boolean | bigint | symbol | null | undefined
