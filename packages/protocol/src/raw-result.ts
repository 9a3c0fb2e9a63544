/**
 * The result of a completion as the bytes it came in. A client's answer that goes on to another server is read like
 * this: only that server knows what it is to be, and reading and writing it on the way would respell numbers, lose
 * digits and reorder keys. Written, it is those bytes again.
 * @source dotnet/aspnetcore: src/SignalR/common/SignalR.Common/src/Protocol/RawResult.cs
 */
export class RawResult {
  /** A value in the encoding of the protocol that has read it. */
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}
