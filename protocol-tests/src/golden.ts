/**
 * `npm run golden -w protocol-tests`: writes down what ASP.NET Core really sends, so that the suite can hold Signalbox
 * against it where there is no .NET. Needs redis-server. To be run when a new version of .NET comes out; the difference
 * is then a matter for review.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createAgent } from './drivers/http-exchange.js'
import { captureRedis } from './golden-redis.js'
import { withRedisCluster } from './golden-redis-cluster.js'
import { goldenScenarios } from './golden-scenarios.js'
import { prepare, referenceServers } from './reference-servers.js'
import { startServer } from './server-process.js'
import { ServerUnderTest } from './server-under-test.js'

const directory = new URL('../golden/', import.meta.url)

await prepare('dotnet')
const version = aspNetCoreVersion()
const running = await startServer([...referenceServers.dotnet.command, '--port', '0'])
const agent = createAgent()
const server = new ServerUnderTest(running.url, 'dotnet', agent)
try {
  mkdirSync(directory, { recursive: true })
  for (const scenario of goldenScenarios) record(scenario.name, await scenario.capture(server))
  console.log(`${goldenScenarios.length} conversations with ASP.NET Core ${version} are in golden/`)
} finally {
  await server.dispose()
  agent.destroy()
  await running.stop()
}
record('redis', await withRedisCluster(referenceServers.dotnet, captureRedis))
console.log('and what two of them publish in Redis')

function record(name: string, text: string): void {
  writeFileSync(new URL(`${name}.txt`, directory), `# ASP.NET Core ${version}\n${text}`)
}

/** The runtime that the reference server takes: the newest of its major version. */
function aspNetCoreVersion(): string {
  const runtimes = execFileSync('dotnet', ['--list-runtimes'], { encoding: 'utf8' })
  const versions = [...runtimes.matchAll(/^Microsoft\.AspNetCore\.App (10\.\d+\.\d+\S*)/gm)].map(
    match => match[1] ?? '',
  )
  return versions.at(-1) ?? 'unknown'
}
