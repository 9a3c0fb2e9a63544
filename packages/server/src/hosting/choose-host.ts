import { ConfigurationError, type Logger } from '@signalbox/abstractions'
import type { Host } from '@signalbox/connections'
import { nodeHost } from '@signalbox/host-node'
import { uwsHost } from '@signalbox/host-uws'

/**
 * The host of a server that names none: the fast one where its native module can be loaded, else the one that is always there. That is a
 * warning, which the default logger prints: whoever deploys without the native module must not have to guess where the speed went. Naming
 * a host says that it is meant.
 */
export function chooseHost(logger: Logger, createFastHost: () => Host = uwsHost): Host {
  try {
    const host = createFastHost()
    logger.info(`Serving on ${host.name}.`)
    return host
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    const host = nodeHost()
    logger.warn(`Serving on ${host.name}: ${error.message}`)
    return host
  }
}
