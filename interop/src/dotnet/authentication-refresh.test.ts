import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import type { SignalboxServer } from 'signalbox'
import { describeOnEachHost } from '../hosts/host-kinds.js'
import { clientVersions } from './client-versions.js'
import { judge } from './known-failures.js'
import { createRefreshingServer } from './refreshing-server.js'
import { ScenarioProgram } from './scenario-program.js'

const hasDotnet = spawnSync('dotnet', ['--version']).status === 0

/** The version that brought it. */
const client = clientVersions.find(({ version }) => version.startsWith('11.'))!

const skipped = hasDotnet ? '' : ' (skipped: dotnet is not installed)'

describeOnEachHost(`the .NET client ${client.version}, refreshing its credentials${skipped}`, host => {
  let program: ScenarioProgram
  let server: SignalboxServer
  let url: string

  before(async function () {
    this.timeout(200_000)
    if (!hasDotnet) {
      if (process.env['CI'] === 'true') throw new Error('dotnet is not installed; with CI=true nothing is skipped')
      this.skip()
    }
    program = await ScenarioProgram.build(client)
    server = createRefreshingServer(host.create())
    url = (await server.listen(0)).url
  })
  after(() => server?.close())

  for (const { transport, protocol } of client.chunks) {
    it(`passes every scenario over ${transport} with ${protocol}, at Signalbox only: there is no ASP.NET Core 11 to compare with`, async () => {
      const problems = judge(await program.run(url, transport, protocol, '--refresh'), [])
      expect(problems, problems.join('\n')).to.be.empty
    }).timeout(150_000)
  }
})
