/**
 * Where things stand in the repository, for the programs of this folder. Uses Node's own modules only: it runs before
 * `npm ci`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url))

/**
 * Path of a tool npm installed, run as `node <path>`: the links in `.bin` are shell scripts on some systems and not on
 * others.
 */
export const npmTools = {
  biome: join('node_modules', '@biomejs', 'biome', 'bin', 'biome'),
  mocha: join('node_modules', 'mocha', 'bin', 'mocha.js'),
  tsc: join('node_modules', 'typescript', 'bin', 'tsc'),
}

/** Every file below a folder, as paths with forward slashes from the repository's root, in a stable order. */
export function filesBelow(folder, root = repositoryRoot) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(entry => entry.name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesBelow(path, root) : [path]
    })
}

/** Folders of the packages that npm publishes, all of `packages` but what is private to the repository. */
export function publishedPackages(root = repositoryRoot) {
  return readdirSync(join(root, 'packages'))
    .map(name => `packages/${name}`)
    .filter(folder => !JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).private)
}

/** What those packages are compiled from, without tests. */
export function publishedSources() {
  return publishedPackages()
    .flatMap(folder => filesBelow(`${folder}/src`))
    .filter(path => path.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(path))
}
