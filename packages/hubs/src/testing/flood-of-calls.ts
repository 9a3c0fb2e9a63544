/**
 * A process that is sent 13.5 MB of calls that never end, by one client, and ends with 0 if it has survived them. Its argument is their kind.
 */

import { TestServer } from '@signalbox/conformance'
import { invoke, invokeStream, upload } from '@signalbox/conformance/json-messages'
import { Hub } from '../authoring/hub.js'
import { stream } from '../authoring/stream-parameter.js'

class FloodedHub extends Hub {
  static hubMethods = { collect: [stream()], ask: 0, produce: { streams: true } }

  async collect(items: AsyncIterable<unknown>): Promise<void> {
    for await (const item of items) void item
  }

  ask(): Promise<unknown> {
    return this.clients.caller.invoke['Ask']!()
  }

  async *produce(): AsyncGenerator<unknown> {
    yield await new Promise(() => {})
  }
}

const callOf: Readonly<Record<string, (id: string) => string>> = {
  uploads: id => upload(id, 'collect', [id]),
  results: id => invoke(id, 'ask'),
  streams: id => invokeStream(id, 'produce'),
}

const call = callOf[process.argv[2] ?? '']!
const server = new TestServer(FloodedHub)
const client = server.connect()
for (let sent = 0, id = 0; sent < 13_500_000; ) {
  const message = call(String(++id))
  client.receive(message)
  sent += message.length
  if (id % 1_000 === 0) {
    await new Promise(resolve => setImmediate(resolve))
    client.sent.length = 0
    server.logger.details.length = 0
  }
}
process.exit()
