/** Finds what a TypeScript source imports, without a parser: the TypeScript 7 package has no API for one. */

/**
 * One pass over comments, strings and templates, so that an import shown in any of them is not taken for one. What
 * follows `from`, `import`, `import(` or `require(` and is a plain string is an import. A regular expression holding a
 * quote or a backtick may hide an import that stands after it, which is why imports stand at the top.
 */
const token =
  /\/\*[\s\S]*?\*\/|\/\/.*|`(?:\\[\s\S]|[^\\`])*`|\b(?:from|import|import\s*\(|require\s*\()\s*(?:'([^'\n]+)'|"([^"\n]+)")|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g

/**
 * @returns {{ specifier: string, line: number }[]} in the order of the source; types count as well, they bind rooms
 * just as much.
 */
export function readImports(source) {
  const imports = []
  for (const match of source.matchAll(token)) {
    const specifier = match[1] ?? match[2]
    if (specifier === undefined) continue
    imports.push({ specifier, line: lineAt(source, match.index + match[0].length) })
  }
  return imports
}

/** Number of the line a position is on, counted from one. */
export function lineAt(source, position) {
  return source.slice(0, position).split('\n').length
}
