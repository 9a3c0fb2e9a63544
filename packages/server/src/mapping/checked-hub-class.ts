import { ConfigurationError } from '@signalbox/abstractions'
import { Hub, type HubClass } from '@signalbox/hubs'

/** JavaScript may pass anything; what is no hub would map without an error and fail at the first connection. */
export function checkedHubClass(taker: 'mapHub' | 'testHub', hubClass: unknown): HubClass {
  if (typeof hubClass === 'function' && hubClass.prototype instanceof Hub) return hubClass as HubClass
  const name = typeof hubClass === 'function' ? hubClass.name : String(hubClass)
  throw new ConfigurationError('hubClass', `${taker} needs a class that extends Hub of signalbox, but got ${name}.`)
}
