import { setTimeout as delay } from 'node:timers/promises'

/** Asks again and again. @returns whether it was so in time. */
export async function until(isSo: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const end = performance.now() + limitMs
  while (!(await isSo())) {
    if (performance.now() > end) return false
    await delay(5)
  }
  return true
}
