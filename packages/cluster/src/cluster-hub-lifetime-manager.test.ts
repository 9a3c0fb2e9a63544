import { describeCluster, memoryCluster } from '@signalbox/conformance'

describeCluster('A cluster in memory', memoryCluster)
