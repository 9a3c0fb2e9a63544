import { describeHost } from '@signalbox/connections/testing'
import { nodeHost } from './node-host.js'

describeHost('node:http', nodeHost)
