import { setImmediate as turn } from 'node:timers/promises'

/** The names of what Node warns of meanwhile. */
export async function warningsDuring(run: () => unknown): Promise<string[]> {
  const names: string[] = []
  const listener = ({ name }: Error) => names.push(name)
  process.on('warning', listener)
  try {
    await run()
    await turn() // a warning is told of a tick later
  } finally {
    process.off('warning', listener)
  }
  return names
}
