/** What the documents and the docstrings say of options, made from the data. */
import { table as markdownTable } from '../bench/table.mjs'
import { withPart } from '../markdown-part.mjs'

/** @typedef {import('@signalbox/abstractions').Option<unknown>} Option */
/** @typedef {{ name: string, option: Option }} Row */

const units = { Ms: 'ms', Bytes: 'bytes', BytesPerClient: 'bytes', Items: 'items' }

/** @param {string} name @param {Option} option */
export function defaultOf(name, { default: value, defaultText, isRequired }) {
  if (isRequired) return undefined
  if (defaultText !== undefined) return defaultText
  if (value === Infinity) return '`Infinity`'
  if (typeof value === 'number') return [value.toLocaleString('en'), unitOf(name)].filter(Boolean).join(' ')
  const isNothing = value === undefined || value === '' || Object.keys(value).length === 0
  return typeof value === 'boolean' || !isNothing ? String(value) : 'none'
}

/** @param {string} name @returns {string | undefined} */
const unitOf = name => units[/(?:Ms|Bytes(?:PerClient)?|Items)$/.exec(name)?.[0]]

/** @type {Record<import('./option-places.mjs').OptionColumn, { title: string, cell: (row: Row) => string }>} */
const columns = {
  default: { title: 'default', cell: ({ name, option }) => defaultOf(name, option) ?? 'it is needed' },
  takes: { title: 'takes', cell: ({ option }) => option.takes.description },
  dotNetName: { title: ".NET's name", cell: ({ option }) => option.dotNetName ?? '–' },
  doc: { title: 'what it is', cell: ({ option }) => option.doc },
}

/** @param {string} markdown @param {(typeof import('./option-places.mjs').documents)[number]} document */
export function documented(markdown, { name, table, columns: shown }) {
  const rows = Object.entries(table).map(([name, option]) => ({ name, option }))
  const nameColumn = { title: 'option', cell: (/** @type {Row} */ row) => `\`${row.name}\`` }
  const escaped = [nameColumn, ...shown.map(column => columns[column])].map(({ title, cell }) => ({
    title,
    cell: (/** @type {Row} */ row) => cell(row).replaceAll('|', '\\|'),
  }))
  return withPart(markdown, `options ${name}`, `${markdownTable(escaped, rows)}\n`)
}

/**
 * @param {string} source - of the file that has the interface.
 * @param {(typeof import('./option-places.mjs').interfaces)[number]} where
 */
export function withDocstrings(source, { interfaceName, table }) {
  const body = new RegExp(`(interface ${interfaceName}\\b[^{]*\\{\n)([\\s\\S]*?)(\n\\})`)
  return source.replace(body, (_, begin, members, end) => {
    const bare = members.replaceAll(/^ {2}\/\*\*[\s\S]*?\*\/\n/gm, '')
    return begin + bare.replaceAll(/^ {2}(?:readonly )?(\w+)\??:/gm, withDocstring) + end
  })

  function withDocstring(member, name) {
    const option = table[name]
    if (option === undefined) throw new Error(`${interfaceName}.${name} is not in its table.`)
    return `${docstring(name, option)}\n${member}`
  }
}

/** @param {string} name @param {Option} option */
function docstring(name, option) {
  const defaultValue = defaultOf(name, option)
  const sentences = [
    option.doc,
    ...(defaultValue === undefined ? [] : [`Default ${defaultValue}.`]),
    ...(option.dotNetName === undefined ? [] : [`.NET: ${option.dotNetName}.`]),
  ].join(' ')
  const line = `  /** ${sentences} */`
  if (line.length <= 120) return line
  return ['  /**', ...wrapped(sentences, 120 - '   * '.length).map(part => `   * ${part}`), '   */'].join('\n')
}

/** @param {string} text @param {number} width */
function wrapped(text, width) {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
