/** Before anything is measured: the servers are built, and from the code as it stands. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { npmTools, repositoryRoot } from '../repository.mjs'
import { run } from '../run.mjs'
import { SIGNALBOX } from './servers.mjs'

/** @param {import('./servers.mjs').BenchServer[]} servers */
export async function prepareServers(servers) {
  if (servers.includes(SIGNALBOX)) await buildSignalbox()
  for (const { title, program, howToBuild } of servers)
    if (program && !existsSync(join(repositoryRoot, program)))
      throw new Error(`${title} is not built; run '${howToBuild}'.`)
}

/** Incremental, so it costs a second when nothing changed; stale code must not be measured. */
async function buildSignalbox() {
  const { exitCode, output } = await run([process.execPath, npmTools.tsc, '-b', 'interop'], { quiet: true })
  if (exitCode !== 0) throw new Error(`Signalbox does not build (--servers can leave it out):\n${output}`)
}
