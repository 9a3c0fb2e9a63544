import { randomUUID } from 'node:crypto'

/** One running server, as other nodes, health checks and telemetry know it. */
export interface Node {
  /**
   * 32 hexadecimal digits, random at each start: a process that starts again is another node and owns nothing of its
   * former life.
   */
  readonly id: string
  /** Milliseconds of `Date.now()`. */
  readonly startedAt: number
}

export const createNode = (): Node => ({ id: randomUUID().replaceAll('-', ''), startedAt: Date.now() })
