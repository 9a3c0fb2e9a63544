import { fileURLToPath } from 'node:url'
import { hostKinds } from '../hosts/host-kinds.js'

/** A reference server that the client tests can talk to. */
export interface ServerKind {
  /** What it runs on. */
  readonly title: string
  readonly isDotnet: boolean
  /** See `HostKind`. */
  readonly answerToEmptyClose: 1000 | 1005
  /** The program and its first arguments. */
  readonly command: readonly [string, ...string[]]
}

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url))

const dotnetServer: ServerKind = {
  title: 'ASP.NET Core',
  isDotnet: true,
  answerToEmptyClose: 1000,
  command: ['dotnet', pathOf('dotnet/ReferenceServer/bin/Release/net10.0/ReferenceServer.dll')],
}

const signalboxServers: readonly ServerKind[] = hostKinds.map(({ name, title, answerToEmptyClose }) => ({
  title,
  answerToEmptyClose,
  isDotnet: false,
  command: [process.execPath, pathOf('dist/reference-server/main.js'), '--host', name],
}))

/**
 * Signalbox on each of its hosts. With `REFERENCE_SERVER=dotnet` in the environment the same tests run against ASP.NET
 * Core instead: what does not hold there is no SignalR.
 */
const serverKinds: readonly ServerKind[] =
  process.env['REFERENCE_SERVER'] === 'dotnet' ? [dotnetServer] : signalboxServers

/** The same tests against every server. */
export function describeOnEachServer(title: string, define: (kind: ServerKind) => void): void {
  for (const kind of serverKinds) describe(`${title}, on ${kind.title}`, () => define(kind))
}
