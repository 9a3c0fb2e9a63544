/** The members an object may have, found by the bytes of their names: no string is made for a name on the wire. */
export class MemberNames<Name extends string> {
  readonly #names: readonly Name[]
  /** Names of the same length side by side: at most two in the hub protocol. */
  readonly #byLength: readonly (readonly KnownName<Name>[])[]

  /** @param names - ASCII only. */
  constructor(names: readonly Name[]) {
    this.#names = names
    const longest = Math.max(...names.map(name => name.length))
    this.#byLength = Array.from({ length: longest + 1 }, (_, length) =>
      names.filter(name => name.length === length).map(name => ({ name, bytes: Buffer.from(name) })),
    )
  }

  match(bytes: Buffer, start: number, end: number): Name | undefined {
    const candidates = this.#byLength[end - start]
    if (candidates === undefined) return undefined
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index]!
      if (equals(candidate.bytes, bytes, start)) return candidate.name
    }
    return undefined
  }

  /** For names that were written with escapes. */
  find(text: string): Name | undefined {
    return this.#names.find(name => name === text)
  }
}

interface KnownName<Name> {
  readonly name: Name
  readonly bytes: Buffer
}

function equals(name: Buffer, bytes: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name[index] !== bytes[start + index]) return false
  }
  return true
}
