/** A time that came as text, with its digits and its zone: in JSON a text again, with a fraction as .NET writes it. */
export class ClrDateTime extends Date {
  readonly #text: string

  /** @param text - ISO 8601; without a zone it is UTC, and stays without one in JSON. */
  constructor(text: string) {
    super(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
    this.#text = text.replace(/(\.\d*?)0+(?!\d)/, '$1').replace(/\.(?!\d)/, '')
  }

  override toJSON(): string {
    return this.#text
  }
}
