import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { within } from './drivers/deadline.js'

export interface RedisProcess {
  readonly port: number
  readonly url: string
  stop(): Promise<void>
}

/** A redis-server of the captures' own, which keeps nothing. */
export async function startRedis(): Promise<RedisProcess> {
  const port = await findFreePort()
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const failed = ended.then(() => Promise.reject(new Error('redis-server ended before it listened')))
  // It ends at last in any case.
  failed.catch(() => {})
  // A run that is broken off must not leave it behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    kill()
    await ended
    process.off('exit', kill)
  }
  const isReady = new Promise<void>(resolve => {
    createInterface({ input: child.stdout }).on('line', line => {
      if (line.includes('Ready to accept connections')) resolve()
    })
  })
  try {
    await within(Promise.race([isReady, failed]), 'redis-server to listen')
  } catch (error) {
    kill()
    throw error
  }
  return { port, url: `redis://127.0.0.1:${port}`, stop }
}

/** redis-server takes port 0 for "no port". */
async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
