import type { Fault } from './fault.js'
import { eventStreamFaults } from './faults-of-event-streams.js'
import { hubMessageFaults } from './faults-of-hub-messages.js'
import { requestFaults } from './faults-of-requests.js'
import { webSocketFaults } from './faults-of-web-sockets.js'

export const faults: readonly Fault[] = [
  ...requestFaults,
  ...eventStreamFaults,
  ...webSocketFaults,
  ...hubMessageFaults,
]
