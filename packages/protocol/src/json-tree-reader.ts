/** What a reader of JSON offers to walk through a value; see `Utf8JsonReader`. */
export interface JsonTokens {
  tokenType(): string
  enterArray(): boolean
  nextElement(): boolean
  enterObject(): boolean
  nextMember(): boolean
  memberName(): string
  readValue(): unknown
}

/**
 * Reads the value ahead as `JSON.parse` would, but for integers that a number would not give back digit for digit:
 * those are bigints. Slower than the engine, which knows no bigint.
 */
export function readTree(reader: JsonTokens): unknown {
  switch (reader.tokenType()) {
    case 'StartObject':
      return readObject(reader)
    case 'StartArray': {
      const values: unknown[] = []
      for (let more = reader.enterArray(); more; more = reader.nextElement()) values.push(readTree(reader))
      return values
    }
    default:
      return reader.readValue()
  }
}

function readObject(reader: JsonTokens): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (let more = reader.enterObject(); more; more = reader.nextMember()) {
    const name = reader.memberName()
    const value = readTree(reader)
    // A property like any other, and not the prototype.
    if (name === '__proto__')
      Object.defineProperty(members, name, { value, configurable: true, enumerable: true, writable: true })
    else members[name] = value
  }
  return members
}
