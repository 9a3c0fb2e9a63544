import type { AnyOptionTable } from './option-table.js'

const units = ['', 'ms', 'bytes', 'items', 'seconds']

/**
 * The option somebody means who writes another name: in another case, without its unit, as .NET or another library
 * calls it, a part of it, or with a slip of the finger.
 */
export function similarName(written: string, table: AnyOptionTable): string | undefined {
  const lower = written.toLowerCase()
  const names = Object.keys(table)
  return (
    names.find(name => units.some(unit => name.toLowerCase() === lower + unit)) ??
    names.find(name => [table[name]?.dotNetName, ...(table[name]?.otherNames ?? [])].some(isCalled(lower))) ??
    only(lower.length < 3 ? [] : names.filter(name => name.toLowerCase().includes(lower))) ??
    nearest(lower, names)
  )
}

/** `ConnectionOptions.DisconnectTimeout` is known as DisconnectTimeout too. */
const isCalled = (lower: string) => (other: string | undefined) => {
  const known = other?.toLowerCase()
  return known === lower || known?.endsWith(`.${lower}`)
}

const only = (names: readonly string[]): string | undefined => (names.length === 1 ? names[0] : undefined)

/** With at most one wrong letter in four. */
function nearest(lower: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map(name => ({ name, distance: editDistance(lower, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.floor(name.length / 4))
    .sort((a, b) => a.distance - b.distance)
  return best?.name
}

/** Letters to insert, delete or replace to make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}
