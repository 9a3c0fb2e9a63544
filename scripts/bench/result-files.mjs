/** Where --json and --markdown put the results. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { withPart } from '../markdown-part.mjs'

/**
 * @param {string} file
 * @param {unknown} results
 */
export function writeJson(file, results) {
  writeFileSync(resolve(file), `${JSON.stringify(results, null, 2)}\n`)
}

/**
 * Replaces one part of a Markdown file, see `withPart`; makes the file if need be.
 * @param {string} file
 * @param {string} name
 * @param {string} text
 */
export function writeMarkdown(file, name, text) {
  const path = resolve(file)
  writeFileSync(path, withPart(existsSync(path) ? readFileSync(path, 'utf8') : '', name, text))
}
