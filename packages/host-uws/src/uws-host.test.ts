import { describeConnectionDispatcher, describeHost, type HostTraits } from '@signalbox/connections/testing'
import { uwsHost } from './uws-host.js'

const traits: HostTraits = { canPause: false, answersCloseWith: 'the code of the client' }

describeHost('uWebSockets.js', uwsHost, traits)
describeConnectionDispatcher('uWebSockets.js', uwsHost, traits)
