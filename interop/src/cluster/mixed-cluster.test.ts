import { expect } from 'chai'
import { checks, scenes } from './checks.js'
import { newText } from './cluster-client.js'
import { Clusters, describeWay } from './clusters.js'
import { DotnetClients } from './dotnet-clients.js'
import { needsRedisAndDotnet } from './needs-redis-and-dotnet.js'
import { type Scene, Stage } from './stage.js'

describe('a mixed cluster', () => {
  needsRedisAndDotnet()
  let clusters: Clusters
  let dotnetClients: DotnetClients

  before('servers', async () => {
    dotnetClients = new DotnetClients()
    clusters = await Clusters.start()
  })
  // Not there when the suite was skipped or they did not start.
  after(() => dotnetClients?.stop())
  after(() => clusters?.stop())

  describeScenes(scenes)

  describe('after Redis was restarted', () => {
    before('restart', () => clusters.restartRedis())
    describeScenes(scenes.filter(({ cluster, lineUp }) => cluster === 'prefixed' && lineUp.protocol === 'mixed'))
  })

  // Last, since the server is gone then.
  describe('when a server ends', () => {
    // In another cluster each, as the caller's server must be there.
    for (const [cluster, title] of [
      ['plain', 'Node → .NET'],
      ['prefixed', '.NET → Node'],
    ] as const) {
      const scene = scenes.find(each => each.cluster === cluster && each.direction.title === title)!
      it(`no channel of it stays, and the others go on, ${describeWay(cluster, scene.direction)}`, async () => {
        const stage = await Stage.set(scene, clusters, dotnetClients)
        const channels = [stage.channel('connection', stage.far.connectionId), stage.channel('user', 'bob')]
        await clusters.redis.hasSubscribers(channels, 1)
        expect(await clusters[cluster].ends(scene.direction).to.stop()).to.equal(0)
        await clusters.redis.hasSubscribers(channels, 0)
        await stage.caller.invoke('SendConnection', stage.far.connectionId, newText('to nobody'))
        const error = await stage.caller.errorOf('AskConnection', stage.far.connectionId, 21)
        expect(error).to.contain('does not exist')
        await stage.clear()
      })
    }
  })

  function describeScenes(chosen: readonly Scene[]): void {
    for (const scene of chosen) {
      const { cluster, direction, lineUp } = scene
      describe(`${describeWay(cluster, direction)}, ${lineUp.title}`, () => {
        let stage: Stage | undefined
        before('clients', async () => {
          stage = await Stage.set(scene, clusters, dotnetClients)
        })
        after(() => stage?.clear())

        for (const { title, run } of checks) it(title, () => run(stage!))
      })
    }
  }
})
