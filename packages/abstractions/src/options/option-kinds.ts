import { ConfigurationError } from '../signalr-error.js'
import { checkOptions } from './check-options.js'
import { describeValue } from './describe-value.js'
import { type AnyOptionTable, type OptionKind, optionOf } from './option-table.js'

/**
 * @param path - where the value stands: the option, or a place in it such as `clusterNodes[0].port`.
 * @throws ConfigurationError of the option: `keepAliveIntervalMs must be a number not below 1, but is 0.`
 */
export function refuseValue(path: string, description: string, value: unknown, mayShowText = false): never {
  throw new ConfigurationError(
    optionOf(path),
    `${path} must be ${description}, but is ${describeValue(value, mayShowText)}.`,
  )
}

/** Values that a test tells; a text that fails it is not shown. */
export function optionKind<TValue>(
  description: string,
  accepts: (value: unknown) => boolean,
  mayShowText = false,
): OptionKind<TValue> {
  return {
    description,
    mayShowText,
    check(value: unknown, path: string) {
      if (!accepts(value)) refuseValue(path, description, value, mayShowText)
    },
  }
}

export function numberFrom(minimum: number, maximum = Infinity): OptionKind<number> {
  const description =
    minimum === -Infinity
      ? 'a number'
      : maximum === Infinity
        ? `a number not below ${minimum}`
        : `a number from ${minimum} to ${maximum.toLocaleString('en')}`
  return optionKind(description, value => typeof value === 'number' && value >= minimum && value <= maximum, true)
}

export const trueOrFalse: OptionKind<boolean> = optionKind('true or false', value => typeof value === 'boolean', true)

/** @param description - what the text is, with an example; errors never show the text itself. */
export const text = (description = 'a text', accepts: (text: string) => boolean = () => true): OptionKind<string> =>
  optionKind(description, value => typeof value === 'string' && accepts(value))

export const oneOf = <const TValue extends string | true | null>(...values: readonly TValue[]): OptionKind<TValue> =>
  optionKind(values.map(quoted).join(' or '), value => values.includes(value as TValue), true)

const quoted = (value: string | true | null) => (typeof value === 'string' ? `'${value}'` : String(value))

export const aFunction = <TValue>(description = 'a function'): OptionKind<TValue> =>
  optionKind(description, value => typeof value === 'function')

/**
 * @param description - what the object is, with an example of what makes one.
 * @param methods - what it must be able to do. Default nothing.
 */
export const anObject = <TValue>(description: string, ...methods: readonly string[]): OptionKind<TValue> =>
  optionKind(
    description,
    value =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      methods.every(method => typeof (value as Record<string, unknown>)[method] === 'function'),
  )

/**
 * An object that is called at the names it has: at least at one of them.
 * @param methods - the names, all optional, as in `HubFilter`.
 */
export const anObjectWithAny = <TValue>(
  description: string,
  ...methods: readonly (keyof TValue & string)[]
): OptionKind<TValue> =>
  optionKind(description, value => {
    if (typeof value !== 'object' || value === null) return false
    const members = methods.map(method => (value as Record<string, unknown>)[method])
    const given = members.filter(member => member !== undefined)
    return given.length > 0 && given.every(member => typeof member === 'function')
  })

/** An instance of a class, for example a `URL`. */
export const instanceOf = <TValue>(
  description: string,
  ...classes: readonly (abstract new (
    ...args: never
  ) => TValue)[]
): OptionKind<TValue> => optionKind(description, value => classes.some(one => value instanceof one))

/** @param description - of the whole list, with an example. */
export const listOf = <TItem>(description: string, item: OptionKind<TItem>): OptionKind<readonly TItem[]> => ({
  description,
  check(value, path) {
    if (!Array.isArray(value)) refuseValue(path, description, value)
    // Not forEach, which passes over the holes of a list.
    for (const [index, one] of value.entries()) item.check(one, `${path}[${index}]`)
  },
})

/** @param description - of the whole object, with an example. */
export const recordOf = <TItem>(
  description: string,
  item: OptionKind<TItem>,
): OptionKind<Readonly<Record<string, TItem>>> => ({
  description,
  check(value, path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuseValue(path, description, value)
    for (const [name, one] of Object.entries(value)) item.check(one, `${path}.${name}`)
  },
})

/** Options within an option. */
export const membersOf = <TValue>(
  taker: string,
  table: AnyOptionTable,
  description = `an object with ${Object.keys(table).join(', ')}`,
): OptionKind<TValue> => ({
  description,
  check(value, path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuseValue(path, description, value)
    checkOptions(taker, table, value, `${path}.`)
  },
})

/** What one of two kinds takes; a value that the first does not begin to be is the second's to refuse. */
export const either = <TOne, TOther>(one: OptionKind<TOne>, other: OptionKind<TOther>): OptionKind<TOne | TOther> => {
  const description = `${one.description} or ${other.description}`
  const mayShowText = one.mayShowText === true && other.mayShowText === true
  return {
    description,
    mayShowText,
    check(value, path) {
      const problems = [one, other].map(each => problemWith(each, value, path))
      if (problems.includes(undefined)) return
      // A list with a wrong element is told of the element.
      const inside = problems.find(problem => problem !== undefined && !problem.message.startsWith(`${path} must be`))
      if (inside !== undefined) throw inside
      refuseValue(path, description, value, mayShowText)
    },
  }
}

function problemWith(kindOf: OptionKind<unknown>, value: unknown, path: string): ConfigurationError | undefined {
  try {
    kindOf.check(value, path)
    return undefined
  } catch (problem) {
    if (problem instanceof ConfigurationError) return problem
    throw problem
  }
}
