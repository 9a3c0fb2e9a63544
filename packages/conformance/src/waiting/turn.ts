/** The rest of this turn of the event loop: whatever was put off with `setImmediate` before has run. */
export const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
