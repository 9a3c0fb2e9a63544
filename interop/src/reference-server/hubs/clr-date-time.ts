/** A time as .NET writes it: a timestamp in MessagePack, as for any Date, and in JSON without a fraction that is zero. */
export class ClrDateTime extends Date {
  readonly #text: string

  /** @param text - ISO 8601; without a zone it is UTC, and stays without one in JSON. */
  constructor(text: string) {
    super(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
    this.#text = text.replace(/\.0+(?!\d)/, '')
  }

  override toJSON(): string {
    return this.#text
  }
}
