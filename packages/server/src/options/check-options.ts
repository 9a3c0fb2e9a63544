import { type AnyOptionTable, ConfigurationError, checkOptions as checkAgainst } from '@signalbox/abstractions'
import { mapRequestOptionTable } from '../requests/request-handler.js'
import { testHubOptionTable } from '../test-hub/test-hub-options.js'
import { closeOptionTable, mapConnectionOptionTable, mapHubOptionTable, serverOptionTable } from './server-options.js'

const tables = {
  createServer: serverOptionTable,
  mapHub: mapHubOptionTable,
  mapConnection: mapConnectionOptionTable,
  mapRequest: mapRequestOptionTable,
  testHub: testHubOptionTable,
  close: closeOptionTable,
}

/** @throws ConfigurationError that names the option, and the one or the value that is meant. */
export function checkOptions(taker: keyof typeof tables, options: object): void {
  const table: AnyOptionTable = tables[taker]
  for (const name of Object.keys(options)) {
    const owner = Object.hasOwn(table, name) ? undefined : ownerOf(name)
    if (owner !== undefined)
      throw new ConfigurationError(name, `${taker} has no option '${name}': it is one of ${owner}.`)
  }
  checkAgainst(taker, table, options)
}

/** Where an option belongs that was given elsewhere. */
function ownerOf(name: string): string | undefined {
  if (Object.hasOwn(serverOptionTable, name)) return 'createServer'
  return name === 'authorize' ? 'mapHub and mapConnection' : undefined
}
