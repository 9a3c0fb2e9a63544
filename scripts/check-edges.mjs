/**
 * `npm run check` and `npm test` call this: every import in the rooms must follow rooms.mjs, use a package's front
 * door, and agree with package.json, and no files of a room may import each other in a circle. Prints each violation as
 * file:line and fails when there is one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findCircles } from './import-circles.mjs'
import { lineAt, readImports } from './read-imports.mjs'
import { filesBelow, repositoryRoot } from './repository.mjs'
import { conformance, networkModules, rooms } from './rooms.mjs'

/**
 * Everything in one room that breaks a rule.
 * @param {import('./rooms.mjs').Room} room
 * @param {{ path: string, text: string }[]} sources - the room's source files.
 * @param {string} manifestText - the room's package.json.
 * @param {string[]} testTools - packages of the repository's own package.json, for tests only.
 * @returns {string[]}
 */
export function findViolations(room, sources, manifestText, testTools) {
  const manifest = JSON.parse(manifestText)
  const violations = []
  const imported = new Set()
  for (const { path, text } of sources) {
    const inTest = room.onlyTests === true || isTestFile(path)
    for (const { specifier, line } of readImports(text)) {
      imported.add(packageOf(specifier))
      const rule = brokenRule(room, path, specifier, inTest, manifest, testTools)
      if (rule !== undefined) violations.push(`${path}:${line}: ${rule}`)
    }
  }
  for (const name of unusedDependencies(manifest, imported)) {
    const line = lineAt(manifestText, manifestText.indexOf(`"${name}"`))
    violations.push(`${room.folder}/package.json:${line}: '${name}' is listed, but no source imports it`)
  }
  for (const circle of findCircles(sources))
    violations.push(`${circle[0]}:1: imports in a circle, types included: ${circle.join(', ')}`)
  return violations
}

function brokenRule(room, path, specifier, inTest, manifest, testTools) {
  if (specifier.startsWith('.')) {
    const inside = posix.join(posix.dirname(path), specifier).startsWith(`${room.folder}/src/`)
    return inside ? undefined : `'${specifier}' leaves the room; import the other package by its name`
  }
  const name = packageOf(specifier)
  const network = [...(room.network ?? []), ...(inTest ? (room.networkInTests ?? []) : [])]
  if (networkModules.includes(name) && !network.includes(name))
    return `${room.name} may not touch the network by '${name}'`
  if (isBuiltin(specifier)) return undefined

  if (isRoomName(name)) {
    const allowed = inTest ? [...room.rooms, ...(room.roomsInTests ?? []), conformance] : room.rooms
    if (!allowed.includes(name)) return `${room.name} may not import '${name}' (see scripts/rooms.mjs)`
    if (!isDoor(specifier, name)) return `'${specifier}' goes past the front door; import '${name}'`
    if (name === room.name) return undefined
  }
  const { dependencies = {}, peerDependencies = {} } = manifest
  if (name in dependencies || name in peerDependencies) return undefined
  if (!inTest) return `'${name}' is missing from the dependencies of ${room.folder}/package.json`
  if (name in { ...manifest.devDependencies } || testTools.includes(name)) return undefined
  return `'${name}' is missing from the devDependencies of ${room.folder}/package.json`
}

/** Packages a manifest lists in vain. A peer dependency may be there for the sake of a room that is depended upon. */
function unusedDependencies(manifest, imported) {
  const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = manifest
  const isUsed = name => imported.has(name.replace(/^@types\//, '')) || name in peerDependencies
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)].filter(name => !isUsed(name))
}

/** Tests, and what is written for those of one room: its folders `testing`. */
function isTestFile(path) {
  return /\.test\.ts$|\/testing\//.test(path)
}

function isDoor(specifier, name) {
  const doors = rooms.find(room => room.name === name)?.doors ?? []
  return ['', ...doors].includes(specifier.slice(name.length))
}

function isRoomName(name) {
  return name === 'signalbox' || name.startsWith('@signalbox/')
}

/** `@scope/name/deep` → `@scope/name`, `name/deep` → `name`; a module of Node's own always with its `node:`. */
export function packageOf(specifier) {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The whole repository; rooms of the table that are not built yet are passed over, folders missing in it are not. */
export function checkRepository(root = repositoryRoot) {
  const read = path => readFileSync(join(root, path), 'utf8')
  const testTools = Object.keys(JSON.parse(read('package.json')).devDependencies).map(name =>
    name.replace(/^@types\//, ''),
  )
  const folders = new Set(rooms.map(room => room.folder))
  const unknown = filesBelow('packages', root)
    .filter(path => /^packages\/[^/]+\/package\.json$/.test(path) && !folders.has(posix.dirname(path)))
    .map(path => `${path}:1: this package is missing from scripts/rooms.mjs`)
  const built = rooms.filter(room => existsSync(join(root, room.folder, 'package.json')))
  const found = built.flatMap(room => {
    const paths = filesBelow(`${room.folder}/src`, root).filter(path => /\.[cm]?ts$/.test(path))
    const sources = paths.map(path => ({ path, text: read(path) }))
    return findViolations(room, sources, read(`${room.folder}/package.json`), testTools)
  })
  return [...unknown, ...found]
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const violations = checkRepository()
  for (const violation of violations) console.error(violation)
  console.log(
    violations.length === 0 ? 'Every import follows scripts/rooms.mjs.' : `${violations.length} forbidden edges.`,
  )
  process.exitCode = violations.length === 0 ? 0 : 1
}
