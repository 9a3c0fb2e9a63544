import { HubProtocolError } from './hub-protocol-error.js'
import type { TextCache } from './text-cache.js'
import type { Utf8JsonReader } from './utf8-json-reader.js'

// Members that must be of one type, refused in the words of .NET.
// @source dotnet/aspnetcore: src/SignalR/common/Shared/SystemTextJsonExtensions.cs

/** Null is no string, and not the same as an absent member. */
export function readStringMember(reader: Utf8JsonReader, name: string, cache?: TextCache): string {
  if (reader.tokenType() !== 'String') throw wrongType(reader, `'${name}' to be of type String`)
  return reader.readString(cache)
}

/** @returns undefined for null. Beyond 2^53 an Int64 comes out rounded. */
export function readIntegerMember(reader: Utf8JsonReader, name: string, type: 'Int32' | 'Int64'): number | undefined {
  const token = reader.tokenType()
  if (token === 'Null') {
    reader.skipValue()
    return undefined
  }
  if (token !== 'Number') throw wrongType(reader, `'${name}' to be of type Number`)
  const integer = reader.readInteger()
  if (integer === undefined || !fits(integer, type)) {
    const text = `Either the JSON value is not in a supported format, or is out of bounds for an ${type}.`
    throw new HubProtocolError(text, 'FormatException')
  }
  // Not minus zero, which an Int32 does not have.
  return Number(integer) + 0
}

export function readBooleanMember(reader: Utf8JsonReader, name: string): boolean {
  const token = reader.tokenType()
  if (token !== 'True' && token !== 'False') throw wrongType(reader, `'${name}' to be true or false`)
  reader.skipValue()
  return token === 'True'
}

/** The error for a value of the wrong type. Broken JSON comes before a wrong type, so the token is read first. */
export function wrongType(reader: Utf8JsonReader, expectation: string): HubProtocolError {
  reader.skipToken()
  return new HubProtocolError(`Expected ${expectation}.`)
}

/** @param integer - a string when it has more digits than a double is sure of. */
function fits(integer: number | string, type: 'Int32' | 'Int64'): boolean {
  if (typeof integer === 'number') return type === 'Int64' || integer === (integer | 0)
  return type === 'Int64' && BigInt(integer) === BigInt.asIntN(64, BigInt(integer))
}
