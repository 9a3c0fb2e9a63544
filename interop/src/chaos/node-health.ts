/** What a node of a fault run says of itself. */
export interface NodeHealth {
  readonly isReady: boolean
  /** How often messages of other nodes could be missed, by its own count. */
  readonly gaps: number
  /** How often the log says that a gap begins, and for how long it was. */
  readonly logged: { readonly lost: number; readonly back: number }
  readonly rejectedPayloads: number
  readonly memoryBytes: number
}

/** An answer to `/health`. */
export interface HealthSample extends NodeHealth {
  readonly askedAt: number
  readonly answeredAt: number
}
