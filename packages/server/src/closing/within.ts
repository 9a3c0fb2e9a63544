import { setTimeout } from 'node:timers/promises'

/** Waits for what never rejects, for some time at most. */
export async function within(timeoutMs: number, promise: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  const timeout = setTimeout(timeoutMs, undefined, { signal: over.signal }).catch(() => {})
  await Promise.race([promise, timeout])
  over.abort()
}
