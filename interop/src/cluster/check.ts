import type { Stage } from './stage.js'

/** Something that must hold whichever of two servers somebody is connected to. */
export interface Check {
  /** A row of the table, and the name of a test. */
  readonly title: string
  run(stage: Stage): Promise<void>
}
