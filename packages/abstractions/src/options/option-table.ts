/** What values an option takes. */
export interface OptionKind<TValue> {
  /** As errors and documents say it: `a number not below 1`. */
  readonly description: string
  /**
   * @param path - where the value stands, for example `clusterNodes[0].port`.
   * @throws ConfigurationError that names the path and says what is needed.
   */
  readonly check: (value: unknown, path: string) => void
  /** Whether an error may repeat a text that was given: where it cannot be a secret or an address with a password. */
  readonly mayShowText?: boolean
  /** The compiler's alone: the type of the values. */
  readonly type?: TValue
}

/**
 * One option as data: its check, its default, its docstring and its row in the documents come from here. Its unit
 * stands in its name.
 */
export interface Option<TValue> {
  readonly takes: OptionKind<TValue>
  /** What it is, in one or a few sentences of Markdown; without its default, range and unit, which are data. */
  readonly doc: string
  /** Without it nothing can be done: `checkOptions` asks for it. */
  readonly isRequired?: boolean
  /** What counts when it is not given; none: it stays undefined. */
  readonly default?: TValue
  /** The same in words, where it follows from something else or is no plain value: `the NameIdentifier claim`. */
  readonly defaultText?: string
  /** What .NET calls it. */
  readonly dotNetName?: string
  /** Other names that people try, for example of other libraries. */
  readonly otherNames?: readonly string[]
}

type NamesOf<TOptions> = TOptions extends unknown ? keyof TOptions : never
type ValueOf<TOptions, TName> = TOptions extends unknown
  ? TName extends keyof TOptions
    ? Exclude<TOptions[TName], undefined>
    : never
  : never

/**
 * Every option that a function takes, of each form if there are several; the compiler keeps table and type complete.
 */
export type OptionTable<TOptions> = {
  readonly [Name in NamesOf<TOptions>]: Option<ValueOf<TOptions, Name>>
}

/** A table of any options. */
export type AnyOptionTable = Readonly<Record<string, Option<unknown>>>

/** Options of which those that have a default are always there. */
export type WithDefaults<TOptions, TTable> = {
  readonly [Name in keyof TOptions]-?: Name extends keyof TTable
    ? TTable[Name] extends { readonly default: unknown }
      ? Exclude<TOptions[Name], undefined>
      : TOptions[Name] | undefined
    : never
}

/**
 * Takes the options of a table from a larger object: checked, and complete with their defaults. One that is given as
 * undefined is not given.
 * @throws ConfigurationError that names the option.
 */
export function withDefaults<TOptions extends object, TTable extends OptionTable<TOptions>>(
  table: TTable & OptionTable<TOptions>,
  options: TOptions,
): WithDefaults<TOptions, TTable> {
  const given = options as Readonly<Record<string, unknown>>
  const resolved: Record<string, unknown> = {}
  for (const [name, option] of Object.entries<Option<unknown>>(table)) {
    const value = given[name]
    if (value !== undefined) option.takes.check(value, name)
    resolved[name] = value === undefined ? option.default : value
  }
  return resolved as WithDefaults<TOptions, TTable>
}

/** The name of the option that a place is in. */
export const optionOf = (path: string): string => path.split(/[.[]/, 1)[0]!
