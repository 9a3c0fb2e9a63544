import type { ServerUnderTest } from './server-under-test.js'

/** Options of the reference server by their names, as its command line takes them: `--set name=value`. */
export type Settings = Readonly<Record<string, string | number | boolean>>

export type RunCheck = (server: ServerUnderTest) => Promise<void>

/**
 * What Signalbox deliberately does in another way than ASP.NET Core. The check itself says what ASP.NET Core does;
 * Signalbox may do either, so that a deviation taken back needs no change here.
 */
export interface Deviation {
  /** Its line in docs/deviations.md. */
  readonly key: string
  readonly run: RunCheck
  /** Instead of the check's own, where Signalbox has no such option. */
  readonly settings?: Settings
}

export interface CheckOptions {
  /** The check needs a server started with these options; checks that need the same ones share a server. */
  readonly settings?: Settings
  /** Error texts with the exception's name and message; on unless refused. */
  readonly detailedErrors?: boolean
  /** It speaks to every connection of a hub, or counts them: no other check runs on the server meanwhile. */
  readonly alone?: boolean
  /** It terminates the server; there must be a way to start it again. */
  readonly endsServer?: boolean
  readonly timeoutMs?: number
  readonly deviation?: Deviation
}

export interface Check extends CheckOptions {
  readonly area: string
  /** A sentence that says what the reference does. */
  readonly name: string
  readonly run: RunCheck
}

const registered: Check[] = []

/** Adds a check to the suite. Importing `checks/index.js` registers all of them. */
export function check(area: string, name: string, run: RunCheck): void
export function check(area: string, name: string, options: CheckOptions, run: RunCheck): void
export function check(area: string, name: string, ...rest: [RunCheck] | [CheckOptions, RunCheck]): void {
  const [options, run] = rest.length === 1 ? [{}, rest[0]] : rest
  if (registered.some(other => other.area === area && other.name === name)) {
    throw new Error(`Two checks have the name "${area}: ${name}"`)
  }
  registered.push({ ...options, area, name, run })
}

export function registeredChecks(): readonly Check[] {
  return registered
}
