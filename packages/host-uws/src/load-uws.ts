import type * as uws from 'uWebSockets.js'
import { createRequire } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '@signalbox/abstractions'

export type UWebSockets = typeof uws

/** Read once, as the native module is loaded. */
const headLimitVariable = 'UWS_HTTP_MAX_HEADERS_SIZE'
/**
 * As Kestrel has it; uWebSockets.js has 4,096, which one token with many claims fills.
 * @source KestrelServerLimits.MaxRequestHeadersTotalSize
 */
const headLimitBytes = 32_768

/**
 * uWebSockets.js is a native module that users install from a source of their choice, so it may be missing or not fit
 * this machine.
 * @throws ConfigurationError that says so in one line.
 */
export function loadUws(): UWebSockets {
  const places = placesToLookFrom()
  let missing: unknown
  for (const place of places) {
    try {
      return withHeadLimit(() => createRequire(place)('uWebSockets.js') as UWebSockets)
    } catch (cause) {
      // uWebSockets.js throws an error without a code when it has no binary for this Node, or one that the system
      // cannot load.
      if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND')
        throw cannotLoad('the installed release does not run there', cause)
      missing = cause
    }
  }
  throw cannotLoad(`it is not installed where it is looked for, from ${places.join(' and ')}`, missing)
}

/** A bundler may leave nothing of `import.meta.url`, or the place where this file was when it made the bundle. */
function placesToLookFrom(): readonly string[] {
  const thisFile: unknown = import.meta.url
  const bundle: unknown = typeof __filename === 'string' ? __filename : undefined
  const places = [thisFile, bundle, process.argv[1]].filter(place => typeof place === 'string' && place !== '')
  return [...new Set(places.map(place => toPath(String(place))))].filter(isAbsolute)
}

const toPath = (place: string): string => (place.startsWith('file:') ? fileURLToPath(place) : place)

function cannotLoad(reason: string, cause: unknown): ConfigurationError {
  const machine = `Node ${process.versions.node} (${process.platform} ${process.arch})`
  return new ConfigurationError(
    'host',
    `uWebSockets.js cannot be loaded on ${machine}: ${reason}, see "Choosing the uWebSockets.js source" in the README of Signalbox.`,
    cause,
  )
}

/** What the environment says already is the user's choice. The variable is not left behind for child processes. */
function withHeadLimit<T>(load: () => T): T {
  const { env } = process
  if (env[headLimitVariable] !== undefined) return load()
  env[headLimitVariable] = String(headLimitBytes)
  try {
    return load()
  } finally {
    delete env[headLimitVariable]
  }
}
