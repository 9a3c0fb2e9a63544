import { describeHubLifetimeManager } from '../hubs/describe-hub-lifetime-manager.js'
import { describeClientResultsOfOtherNodes } from './describe-client-results-of-other-nodes.js'
import { describeHostilePayloads } from './describe-hostile-payloads.js'
import { describeOtherNodes } from './describe-other-nodes.js'
import { describeRawResults } from './describe-raw-results.js'
import type { CreateCluster } from './test-cluster.js'
import { TestNode } from './test-node.js'

/** What hubs of several nodes must do, over any bus: declares the tests for one. */
export function describeCluster(name: string, create: CreateCluster): void {
  for (const count of [1, 2, 3])
    describeHubLifetimeManager(`${name} of ${count} node(s)`, async () => {
      const { createBackplane, outsider } = create()
      const nodes = await Promise.all(Array.from({ length: count }, () => new TestNode(createBackplane({})).ready()))
      const [first, ...others] = nodes.map(({ manager }) => manager)
      return {
        nodes: [first!, ...others],
        dispose: async () => {
          await Promise.all([...nodes, outsider].map(each => each.close()))
        },
      }
    })
  describeOtherNodes(name, create)
  describeClientResultsOfOtherNodes(name, create)
  describeRawResults(name, create)
  describeHostilePayloads(name, create)
}
