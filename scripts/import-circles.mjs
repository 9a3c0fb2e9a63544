/**
 * Circles of imports between the files of a room. Those of types alone count too: whoever reads one file has to read
 * them all.
 */
import { posix } from 'node:path'
import { readImports } from './read-imports.mjs'

/**
 * @param {{ path: string, text: string }[]} sources - of one room.
 * @returns {string[][]} the files of each circle, sorted.
 */
export function findCircles(sources) {
  const paths = new Set(sources.map(({ path }) => path))
  const imports = new Map(
    sources.map(({ path, text }) => [
      path,
      readImports(text)
        .filter(({ specifier }) => specifier.startsWith('.'))
        .map(({ specifier }) => posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'))
        .filter(target => paths.has(target)),
    ]),
  )
  return stronglyConnected(imports)
}

/**
 * Files that reach each other, by Tarjan's algorithm.
 * @param {Map<string, string[]>} imports
 */
function stronglyConnected(imports) {
  /** @type {string[][]} */
  const circles = []
  /** @type {Map<string, { index: number, lowest: number, isOpen: boolean }>} */
  const states = new Map()
  /** @type {string[]} */
  const open = []

  const visit = (/** @type {string} */ path) => {
    const state = { index: states.size, lowest: states.size, isOpen: true }
    states.set(path, state)
    open.push(path)
    for (const target of imports.get(path) ?? []) {
      const known = states.get(target)
      if (known === undefined) state.lowest = Math.min(state.lowest, visit(target).lowest)
      else if (known.isOpen) state.lowest = Math.min(state.lowest, known.index)
    }
    if (state.lowest === state.index) {
      const circle = open.splice(open.indexOf(path))
      for (const member of circle) Object.assign(states.get(member) ?? {}, { isOpen: false })
      if (circle.length > 1) circles.push(circle.sort())
    }
    return state
  }

  for (const path of imports.keys()) if (!states.has(path)) visit(path)
  return circles
}
