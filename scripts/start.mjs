/** `npm start`: from any state of the clone to the chat example on http://localhost:5000. PORT chooses another port. */
import { ensureInstalled } from './install.mjs'
import { npmTools } from './repository.mjs'
import { run } from './run.mjs'

try {
  await ensureInstalled()
  console.log('Building …')
  const build = await run([process.execPath, npmTools.tsc, '-b', 'packages/server'], { quiet: true })
  if (build.exitCode !== 0) throw new Error(`The build failed:\n${build.output}`)
  await import('../packages/server/examples/chat/server.mjs')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
