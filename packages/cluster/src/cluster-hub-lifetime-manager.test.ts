import { describeCluster } from './testing/describe-cluster.js'
import { memoryCluster } from './testing/test-cluster.js'

describeCluster('A cluster in memory', memoryCluster)
