/** Where --json and --markdown put the results. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * @param {string} file
 * @param {unknown} results
 */
export function writeJson(file, results) {
  writeFileSync(resolve(file), `${JSON.stringify(results, null, 2)}\n`)
}

/**
 * Replaces what stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`, or adds it to the end of a file without them; the rest stays.
 * @param {string} file
 * @param {string} name
 * @param {string} text
 */
export function writeMarkdown(file, name, text) {
  const path = resolve(file)
  const old = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const generated = new RegExp(`(<!-- ${name}:begin -->\\n)[\\s\\S]*(<!-- ${name}:end -->)`)
  // A function, since a `$` in the report would mean something in a replacement string.
  const replaced = old.replace(generated, (_, begin, end) => `${begin}${text}${end}`)
  const added = `${old && `${old}\n`}<!-- ${name}:begin -->\n${text}<!-- ${name}:end -->\n`
  writeFileSync(path, generated.test(old) ? replaced : added)
}
