import { ConfigurationError } from '../signalr-error.js'
import { describeValue } from './describe-value.js'
import { type AnyOptionTable, optionOf } from './option-table.js'
import { similarName } from './similar-name.js'

/**
 * A misspelt option would be ignored in silence, one of another kind fail much later, and JavaScript has no compiler to
 * find either.
 * @param taker - the function that takes the options, for example `redisBackplane`.
 * @param prefix - in front of the names, for options within an option: `clusterNodes[0].`. Default none.
 * @throws ConfigurationError that names the option, and the one that may be meant or the value that is needed. A text
 * that was given is in the message only where it cannot be a secret.
 */
export function checkOptions(taker: string, table: AnyOptionTable, options: unknown, prefix = ''): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new ConfigurationError('options', `${taker} takes an object with options, but got ${describeValue(options)}.`)
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(table, name) ? table[name] : undefined
    if (option === undefined) throw unknownOption(taker, table, name, prefix)
    if (value !== undefined) option.takes.check(value, `${prefix}${name}`)
  }
  for (const [name, { isRequired, takes }] of Object.entries(table))
    if (isRequired === true && (options as Readonly<Record<string, unknown>>)[name] === undefined)
      throw missingOption(taker, `${prefix}${name}`, takes.description)
}

const missingOption = (taker: string, path: string, description: string) =>
  new ConfigurationError(optionOf(path), `${taker} needs ${path}, ${description}.`)

function unknownOption(taker: string, table: AnyOptionTable, name: string, prefix: string): ConfigurationError {
  const similar = similarName(name, table)
  const hint = similar === undefined ? '' : `: did you mean '${prefix}${similar}'`
  return new ConfigurationError(optionOf(`${prefix}${name}`), `${taker} has no option '${prefix}${name}'${hint}.`)
}
