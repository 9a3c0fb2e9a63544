import { setTimeout as wait } from 'node:timers/promises'
import { createServer, Hub, hubMethod } from 'signalbox'

class ReportHub extends Hub {
  @hubMethod
  async print(): Promise<string> {
    await wait(1_000) // work that a deployment must not cut
    return 'printed'
  }
}

const server = createServer()
server.mapHub('/reports', ReportHub)
server.mapRequest('GET', '/health', () => ({ status: server.isReady ? 200 : 503 }))

process.once('SIGTERM', async () => {
  server.drain() // the next health check says 503, negotiate too; everybody who is connected is served as ever
  await wait(Number(process.env['LOAD_BALANCER_MS'] ?? 10_000)) // until the load balancer has seen it
  await server.close({ drainTimeoutMs: 20_000 }) // running calls end, clients go elsewhere, then the process can
})

const { url } = await server.listen(Number(process.env['PORT'] ?? 5000))
console.log(`Now listening on: ${url}`)
