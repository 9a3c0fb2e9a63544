import { stringBytes } from './drivers/messagepack-notation.js'
import type { Published } from './drivers/redis-listener.js'

/**
 * Puts names in the place of what is another in each run. An id keeps its length in front of it, since all have 22
 * characters. The name of a server is as long as that of its machine: the whole MessagePack string it is in becomes
 * text in double quotes.
 */
export class RedisMasks {
  readonly #ids = new Map<string, string>()
  readonly #serverNames = new Map<string, string>()

  nameId(id: string, name: string): void {
    this.#ids.set(id, `<${name}>`)
  }

  /** Only channels tell where a server's name begins. */
  learnServerNames(published: readonly Published[]): void {
    for (const { channel } of published) {
      const name = /:internal:(?:ack|return):(.+)$/.exec(channel)?.[1]
      if (name !== undefined && !this.#serverNames.has(name)) {
        this.#serverNames.set(name, `<server ${this.#serverNames.size + 1}>`)
      }
    }
  }

  maskText(text: string): string {
    return replaceEach(text, [...this.#ids, ...this.#serverNames])
  }

  maskPayload(payload: Buffer): string {
    const ids = [...this.#ids].map(([id, mask]) => [hexOf(id), mask] as const)
    const strings = [...this.#serverNames].flatMap(([name, mask]) =>
      ['', 'Signalbox.Interop.BenchHub:internal:return:'].map(
        start => [hexOf(stringBytes(start + name)), `"${start}${mask}"`] as const,
      ),
    )
    return replaceEach(payload.toString('hex'), [...ids, ...strings])
  }
}

function replaceEach(text: string, replacements: readonly (readonly [string, string])[]): string {
  return replacements.reduce((replaced, [from, to]) => replaced.replaceAll(from, to), text)
}

function hexOf(value: string | readonly number[]): string {
  return (typeof value === 'string' ? Buffer.from(value) : Buffer.from([...value])).toString('hex')
}
