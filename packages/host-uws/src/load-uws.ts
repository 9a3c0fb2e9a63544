import type * as uws from 'uWebSockets.js'
import { createRequire } from 'node:module'
import { ConfigurationError } from '@signalbox/abstractions'

export type UWebSockets = typeof uws

/** Read once, as the native module is loaded. */
const headLimitVariable = 'UWS_HTTP_MAX_HEADERS_SIZE'
/** As Kestrel has it; uWebSockets.js has 4,096, which one token with many claims fills. @source KestrelServerLimits.MaxRequestHeadersTotalSize */
const headLimitBytes = 32_768

/**
 * uWebSockets.js is a native module that users install from a source of their choice, so it may be missing or not fit this machine.
 * @throws ConfigurationError that says so in one line.
 */
export function loadUws(): UWebSockets {
  try {
    return withHeadLimit(() => createRequire(import.meta.url)('uWebSockets.js') as UWebSockets)
  } catch (cause) {
    const machine = `Node ${process.versions.node} (${process.platform} ${process.arch})`
    // uWebSockets.js throws an error without a code when it has no binary for this Node, or one that the system cannot load.
    const isMissing = (cause as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND'
    const reason = isMissing ? 'it is not installed' : 'the installed release does not run there'
    throw new ConfigurationError(
      'host',
      `uWebSockets.js cannot be loaded on ${machine}: ${reason}, see "Choosing the uWebSockets.js source" in the README of Signalbox.`,
      cause,
    )
  }
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
