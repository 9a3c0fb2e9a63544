import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { HostKind } from '../hosts/host-kinds.js'

/** The example's program, run as `node <path>`. It names no host. */
export const chatProgram = fileURLToPath(new URL('../../../packages/server/examples/chat/server.mjs', import.meta.url))

const hostLine = 'const server = createServer()'

/** The text of the program for one host: all that changes is the line that creates the server. */
export function chatProgramOn(factory: HostKind['factory']): string {
  const text = readFileSync(chatProgram, 'utf8')
  if (!text.includes(`\n${hostLine}\n`)) throw new Error(`${chatProgram} has no line ${hostLine}`)
  return text.replace(hostLine, `const server = createServer({ host: (await import('signalbox')).${factory}() })`)
}
