import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { useReferenceServer } from '../clients/reference-server-process.js'
import { describeOnEachServer } from '../clients/server-kinds.js'
import { clientVersions, defaultVersion } from './client-versions.js'
import { judge, readKnownFailures } from './known-failures.js'
import { ScenarioProgram } from './scenario-program.js'

const hasDotnet = spawnSync('dotnet', ['--version']).status === 0
const knownFailures = readKnownFailures()

describe(`the .NET client${hasDotnet ? '' : ' (skipped: dotnet is not installed)'}`, () => {
  before(function () {
    if (hasDotnet) return
    if (process.env['CI'] === 'true') throw new Error('dotnet is not installed; with CI=true nothing is skipped')
    this.skip()
  })

  for (const client of clientVersions) {
    describe(client.version, () => {
      let program: ScenarioProgram
      before(async function () {
        this.timeout(200_000)
        program = await ScenarioProgram.build(client)
      })

      describeOnEachServer('passes every scenario', serverKind => {
        const server = useReferenceServer(serverKind)
        const excused = serverKind.isDotnet ? [] : knownFailures

        for (const { transport, protocol } of client.chunks) {
          it(`over ${transport} with ${protocol}`, async () => {
            const problems = judge(await program.run(server.url, transport, protocol), excused)
            expect(problems, problems.join('\n')).to.be.empty
          }).timeout(150_000)
        }
      })

      if (client === defaultVersion) {
        it('is excused by known-failing.json only from scenarios that exist', async () => {
          const names = await program.list()
          expect(names).not.to.be.empty
          expect(knownFailures.map(({ scenario }) => scenario).filter(name => !names.includes(name))).to.be.empty
        })
      }
    })
  }
})
