import type { Check } from './check.js'
import { checksOfClientResults } from './checks-of-client-results.js'
import { checksOfGroups } from './checks-of-groups.js'
import { checksOfNames } from './checks-of-names.js'
import { checksOfTargets } from './checks-of-targets.js'
import { checksOfTheCluster } from './checks-of-the-cluster.js'
import { directions } from './clusters.js'
import { lineUps } from './line-ups.js'
import type { Scene } from './stage.js'

export const checks: readonly Check[] = [
  ...checksOfTargets,
  ...checksOfGroups,
  ...checksOfClientResults,
  ...checksOfNames,
  ...checksOfTheCluster,
]

/** In every direction, between all kinds of clients, with and without a channel prefix. */
export const scenes: readonly Scene[] = directions.flatMap(direction =>
  lineUps.flatMap(lineUp => lineUp.clusters.map(cluster => ({ cluster, direction, lineUp }))),
)
