/** The nodes of a fault run, by their places on the stage. */
export const everyNode = [0, 1] as const
export type NodeIndex = (typeof everyNode)[number]
export const nameOf = (node: NodeIndex): string => 'ab'[node]!

/** Of the nodes: short, so that many faults fit into a few minutes. */
export const sendTimeoutMs = 600
