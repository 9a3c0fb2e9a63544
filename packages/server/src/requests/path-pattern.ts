import { ConfigurationError, type RouteParams } from '@signalbox/abstractions'

/** The names of a path's parameters, from its text: `'id'` of `/orders/:id`. */
export type ParamsOf<TPath extends string> = string extends TPath
  ? RouteParams
  : { readonly [Name in ParamNames<TPath>]: string }

type ParamNames<TPath extends string> = TPath extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Name | ParamNames<`/${Tail}`>
    : Rest
  : never

/**
 * A path as it was mapped. Its text counts without regard to case, and with or without a slash at its end; a segment
 * `:name` stands for any that is not empty.
 */
export class PathPattern {
  /** The same for paths that would take the same requests. */
  readonly key: string
  /** Of its parameters, in order and separated by commas. */
  readonly names: string
  readonly #segments: readonly Segment[]

  /** @throws ConfigurationError for a text that no request's path would match. */
  constructor(path: string) {
    check(path)
    this.#segments = segmentsOf(path).map(segment => readSegment(path, segment))
    const names = this.#segments.flatMap(({ name }) => name ?? [])
    if (new Set(names).size < names.length) throw mistake(`The path '${path}' has two parameters of one name.`)
    this.names = names.join(', ')
    this.key = this.hasParams
      ? `/${this.#segments.map(({ name, text }) => (name ? ':' : text)).join('/')}`
      : plain(path)
  }

  get hasParams(): boolean {
    return this.names !== ''
  }

  /** @param segments - of a request's path. @returns the parameters, decoded. */
  match(segments: readonly string[]): RouteParams | undefined {
    if (segments.length !== this.#segments.length) return undefined
    const params: Record<string, string> = Object.create(null)
    for (const [index, { name, text }] of this.#segments.entries()) {
      const segment = segments[index]!
      if (name === undefined ? plain(segment) !== text : segment === '') return undefined
      if (name !== undefined) params[name] = unescapeText(segment)
    }
    return Object.freeze(params)
  }

  /**
   * Sorts the one that says more first, compared from the left: a text says more than a parameter.
   * @source RoutePrecedence
   */
  get precedence(): string {
    return this.#segments.map(({ name }) => (name === undefined ? '1' : '3')).join('')
  }
}

/** A part between two slashes: a parameter's name, or the text it has to be. */
interface Segment {
  readonly name?: string
  readonly text?: string
}

/**
 * What the paths below a prefix begin with, from `/files/*`.
 * @throws ConfigurationError when it is none.
 */
export function readPrefix(path: string): string {
  check(path, 1)
  if (path.includes(':')) throw mistake(`The path '${path}' has a star: it cannot have parameters too.`)
  return plain(path).slice(0, -1)
}

/** Without a slash at the end. */
export function segmentsOf(path: string): string[] {
  const segments = path.split('/').slice(1)
  if (segments.length > 1 && segments.at(-1) === '') segments.pop()
  return segments
}

/** What paths are compared by. An escaped slash separates no segments, so it stays escaped. */
export function plain(path: string): string {
  const text = path.includes('%') ? unescapeText(path.replace(/%2f/gi, '%252F')) : path
  const lower = text.toLowerCase()
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower
}

/** What is no valid escape stays as it is. */
function unescapeText(text: string): string {
  if (!text.includes('%')) return text
  return text.replace(/(?:%[0-9a-f]{2})+/gi, escapes => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      return escapes
    }
  })
}

const mistake = (message: string) => new ConfigurationError('path', message)

function check(path: string, starsAtEnd = 0): void {
  if (typeof path !== 'string') throw mistake(`A path must be a text, but is ${String(path)}.`)
  if (!path.startsWith('/')) throw mistake(`The path '${path}' must begin with a slash.`)
  if (/[{}]/.test(path))
    throw mistake(`The path '${path}' has braces: write a parameter as '${path.replace(/{(\w*)[^}]*}/g, ':$1')}'.`)
  if (path.slice(0, path.length - starsAtEnd).includes('*'))
    throw mistake(`The path '${path}' has a star: only mapRequest takes one, at the end of a path without parameters.`)
  if (/[?#]/.test(path)) throw mistake(`The path '${path}' has a '?' or '#', where the path of a request ends.`)
}

function readSegment(path: string, segment: string): Segment {
  if (!segment.includes(':')) return { text: plain(segment) }
  if (/^:[A-Za-z_]\w*$/.test(segment)) return { name: segment.slice(1) }
  throw mistake(
    `The path '${path}' has '${segment}': a parameter is a whole segment, such as ':id'. A colon that is none is written '%3A'.`,
  )
}
