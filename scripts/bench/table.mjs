/** Numbers and tables in Markdown that are also readable on a terminal. */

/**
 * @template T
 * @typedef {{ title: string, cell: (row: T) => string }} Column
 */

/**
 * @template T
 * @param {Column<T>[]} columns
 * @param {T[]} rows
 */
export function table(columns, rows) {
  const texts = [columns.map(column => column.title), ...rows.map(row => columns.map(column => column.cell(row)))]
  const widths = columns.map((_, column) => Math.max(...texts.map(line => line[column]?.length ?? 0)))
  const lines = texts.map(line => `| ${line.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`)
  return lines.join('\n')
}

/** @param {import('./spread.mjs').Spread} spread */
export function withRange({ median, least, most }) {
  if (Number.isNaN(median)) return '–'
  return least === most ? significant(median) : `${significant(median)} (${significant(least)}–${significant(most)})`
}

/** Three digits that mean something. @param {number} value */
export function significant(value) {
  if (Number.isNaN(value)) return '–'
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 3 })
}
