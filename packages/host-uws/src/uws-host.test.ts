import { describeHost } from '@signalbox/connections/testing'
import { uwsHost } from './uws-host.js'

describeHost('uWebSockets.js', uwsHost)
