import type { Logger, Node, RecurringLog } from '@signalbox/abstractions'
import type { HubProtocol } from '@signalbox/protocol'
import type { HubLifetimeManager } from './hub-lifetime-manager.js'

/** What a backplane has to know of a hub. */
export interface BackplaneHub {
  /** The same on every node: `hubName` of the class, or else its name. */
  readonly name: string
  /** The server that asks, the same for all of its hubs. */
  readonly node: Node
  /** Messages are sent to other nodes in each of them, whether this node has such clients or not. */
  readonly protocols: readonly HubProtocol[]
  readonly logger: Logger
  /** For what goes on as long as the backplane is out of reach. */
  readonly recurringLog: RecurringLog
}

/** Makes several servers one: each hub gets a lifetime manager whose sends reach the clients of every server. */
export interface Backplane {
  /** Called once per hub. @throws ConfigurationError when there is a hub of this name. */
  createLifetimeManager(hub: BackplaneHub): HubLifetimeManager
  /**
   * False while messages of other nodes can be missed: at the start, and after a loss until everything is as before.
   * For health checks.
   */
  readonly isReady: boolean
  /** Ends what waits for other nodes, and the connections to them. */
  close(): Promise<void>
}
