import { TestServer } from '@signalbox/conformance'
import { failure, invoke } from '@signalbox/conformance/json-messages'
import type { HubClass } from '../authoring/hub-descriptor.js'

/** @returns what a new client that calls a method has been sent at once. */
export function callHub(hubClass: HubClass, target: string, ...args: readonly unknown[]): string[] {
  const client = new TestServer(hubClass).connect()
  client.receive(invoke('1', target, ...args))
  return client.sent
}

/** The answer to arguments that do not fit. */
export const cannotBind = (name: string): string[] => [
  failure('1', `Failed to invoke '${name}' due to an error on the server.`),
]
