import type { Node } from '@signalbox/abstractions'

/** `Degraded` still serves; `Unhealthy` shall get no requests. @source HealthStatus */
export type HealthStatus = 'Healthy' | 'Degraded' | 'Unhealthy'

/** How a part of the server stands. @source HealthReportEntry */
export interface HealthReport {
  readonly status: HealthStatus
  /** What is wrong, for whoever runs the server. */
  readonly reason?: string
}

/** `server`, `backplane`, or an extension that tells how it stands. */
export interface HealthEntry extends HealthReport {
  readonly name: string
}

/** For health checks. @source HealthReport */
export interface ServerHealth {
  /** The worst of the entries. */
  readonly status: HealthStatus
  readonly node: Node
  readonly entries: readonly HealthEntry[]
}

const statuses: readonly HealthStatus[] = ['Healthy', 'Degraded', 'Unhealthy']

export const isHealthReport = (value: unknown): value is HealthReport =>
  typeof value === 'object' && value !== null && statuses.includes((value as HealthReport).status)

export function serverHealth(node: Node, entries: readonly HealthEntry[]): ServerHealth {
  const worst = Math.max(...entries.map(({ status }) => statuses.indexOf(status)))
  return { status: statuses[worst]!, node, entries }
}

export function ownHealth(isServing: boolean, isDraining: boolean): HealthEntry {
  const name = 'server'
  if (!isServing) return { name, status: 'Unhealthy', reason: 'It does not listen.' }
  if (isDraining) return { name, status: 'Unhealthy', reason: 'It takes no more connections.' }
  return { name, status: 'Healthy' }
}
