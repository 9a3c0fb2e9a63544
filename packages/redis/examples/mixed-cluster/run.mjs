// `npm run example:mixed-cluster`: Redis, an ASP.NET Core server and a Node server, a conversation over both, and then they stay until Ctrl-C.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { converse } from './conversation.mjs'

const besideThis = name => fileURLToPath(new URL(name, import.meta.url))
const started = []

/** Starts a program. @returns what the pattern's first group finds in its output. */
async function start(pattern, command, ...args) {
  // Out of reach of the terminal's Ctrl-C: they end one after another, Redis last.
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  started.unshift(child)
  for await (const line of createInterface({ input: child.stdout })) {
    const found = pattern.exec(line)
    if (found === null) continue
    child.stdout.resume()
    return found[1]
  }
  throw new Error(`${command} ended before it was ready.`)
}

async function stop() {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
}

async function findFreePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  await new Promise(resolve => probe.close(resolve))
  return String(port)
}

// Also when something fails here.
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop().then(() => process.exit(0)))

console.log('Building the ASP.NET Core server …')
const built = spawnSync('dotnet', ['build', '--nologo', '-v', 'quiet', '-c', 'Release', besideThis('AspNetCore')])
if (built.status !== 0) throw new Error(built.error?.message ?? String(built.stdout))

const port = await findFreePort()
const redisOptions = ['--bind', '127.0.0.1', '--port', port, '--save', '', '--appendonly', 'no']
await start(/Ready to accept connections()/, 'redis-server', ...redisOptions)
const [nodeUrl, dotnetUrl] = await Promise.all([
  start(/listening on: (\S+)/, process.execPath, besideThis('server.mjs'), `redis://127.0.0.1:${port}`, '0'),
  start(
    /listening on: (\S+)/,
    'dotnet',
    besideThis('AspNetCore/bin/Release/net10.0/AspNetCore.dll'),
    ...['--urls', 'http://127.0.0.1:0', '--redis', `127.0.0.1:${port}`],
  ),
])
console.log(`Node: ${nodeUrl}/chat   ASP.NET Core: ${dotnetUrl}/chat   Redis: 127.0.0.1:${port}`)
await converse(nodeUrl, dotnetUrl)
console.log('The servers stay until Ctrl-C.')
