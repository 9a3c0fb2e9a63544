import { ClusterBackplane, type ClusterBus, type ClusterOptions, MemoryNetwork } from '@signalbox/cluster'
import { eventually } from '../waiting/eventually.js'
import { type TestedBackplane, TestNode, type TestNodeOptions } from './test-node.js'

/** What a cluster of tests is made of, on one kind of bus. */
export interface ClusterParts {
  createBackplane(options: Partial<ClusterOptions>): TestedBackplane
  /** The bus of somebody who is no node of ours, as one of ASP.NET Core would be. */
  readonly outsider: ClusterBus
}

export type CreateCluster = () => ClusterParts

/** A cluster for one test. */
export interface TestCluster {
  /** @returns a node that is part of it; it is closed with the test. */
  start(options?: TestNodeOptions & Partial<ClusterOptions>): Promise<TestNode>
  /** Publishes as somebody who is no node of ours. */
  publish(channel: string, payload: Buffer): Promise<void>
  /** @returns what is published on these channels from now to the end of the test. */
  listen(...channels: readonly string[]): Promise<readonly HeardPayload[]>
  /** How many nodes listen to each of these channels. */
  subscribers(...channels: readonly string[]): Promise<readonly number[]>
}

export interface HeardPayload {
  readonly channel: string
  readonly payload: Buffer
}

/** Gives each test a cluster without nodes. */
export function useCluster(create: CreateCluster): TestCluster {
  let parts: ClusterParts
  let nodes: TestNode[]
  let holders = 0

  beforeEach('a cluster', async () => {
    nodes = []
    parts = create()
    await eventually(() => parts.outsider.isReady)
  })

  afterEach('a cluster', () => Promise.all([...nodes, parts.outsider].map(each => each.close())))

  return {
    start({ hubName, protocols, ...options } = {}) {
      const given = { ...(hubName === undefined ? {} : { hubName }), ...(protocols === undefined ? {} : { protocols }) }
      const node = new TestNode(parts.createBackplane(options), given)
      nodes.push(node)
      return node.ready()
    },
    async publish(channel, payload) {
      await parts.outsider.publish(channel, payload)
    },
    async listen(...channels) {
      const heard: HeardPayload[] = []
      const holder = `listener ${++holders}`
      await Promise.all(
        channels.map(channel => parts.outsider.subscribe(channel, holder, payload => heard.push({ channel, payload }))),
      )
      return heard
    },
    async subscribers(...channels) {
      return (await parts.outsider.countSubscribers(channels)) ?? []
    },
  }
}

/** Gives each test a cluster, and two nodes of it. */
export function useTwoNodes(
  create: CreateCluster,
  options: TestNodeOptions = {},
): TestCluster & { readonly a: TestNode; readonly b: TestNode } {
  const cluster = useCluster(create)
  let nodes: readonly [TestNode, TestNode]

  beforeEach('two nodes', async () => {
    nodes = [await cluster.start(options), await cluster.start(options)]
  })

  return {
    ...cluster,
    get a() {
      return nodes[0]
    },
    get b() {
      return nodes[1]
    },
  }
}

/** A cluster within this process. */
export const memoryCluster: CreateCluster = () => {
  const network = new MemoryNetwork()
  const defaults = { ackTimeoutMs: 30_000, maximumPayloadBytes: 32 * 1024 * 1024 }
  return {
    createBackplane: options => new ClusterBackplane(() => network.connect(), { ...defaults, ...options }),
    outsider: network.connect(),
  }
}
