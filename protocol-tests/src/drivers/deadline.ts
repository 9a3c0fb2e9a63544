/** A wait is on an event and has an end: the longest that anything which is not about time itself may take. */
export const defaultDeadlineMs = 8_000

/** The promise's value, or an error that names what did not happen in time. */
export async function within<T>(promise: Promise<T>, what: string, deadlineMs = defaultDeadlineMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${deadlineMs} ms for ${what}`)), deadlineMs)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Fails if the promise settles within the time: for what must not happen, where the time itself is the subject. */
export async function staysPending(promise: Promise<unknown>, what: string, forMs: number): Promise<void> {
  const settled = promise.then(
    value => `${what} happened: ${describe(value)}`,
    error => `${what} failed: ${error}`,
  )
  const outcome = await Promise.race([settled, pause(forMs).then(() => undefined)])
  if (outcome !== undefined) throw new Error(outcome)
}

/** Only where time is what the check is about. */
export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
