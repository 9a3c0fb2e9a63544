import { once } from 'node:events'

/** Resolves when the signal fires, at once if it has fired. */
export async function whenAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
