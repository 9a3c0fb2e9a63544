/**
 * Writes the options of the packages, which are data, into docstrings and documents: `npm run option-tables`, after a
 * build. With `--check` nothing is written; it fails when something would be.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../repository.mjs'
import { documents, interfaces } from './option-places.mjs'
import { documented, withDocstrings } from './write-options.mjs'

/** Files that do not say what the data says. @returns {Map<string, string>} what they should contain, by path. */
export function staleFiles() {
  const contents = new Map()
  const read = file => contents.get(file) ?? readFileSync(join(repositoryRoot, file), 'utf8')
  for (const place of interfaces) contents.set(place.file, withDocstrings(read(place.file), place))
  for (const document of documents) contents.set(document.file, documented(read(document.file), document))
  return new Map(
    [...contents].filter(([file, content]) => content !== readFileSync(join(repositoryRoot, file), 'utf8')),
  )
}

if (process.argv[1] === import.meta.filename) {
  const stale = staleFiles()
  const isCheck = process.argv.includes('--check')
  for (const [file, content] of stale) {
    console.log(`${isCheck ? 'differs from the data' : 'written'}: ${file}`)
    if (!isCheck) writeFileSync(join(repositoryRoot, file), content)
  }
  if (isCheck && stale.size > 0) process.exitCode = 1
}
