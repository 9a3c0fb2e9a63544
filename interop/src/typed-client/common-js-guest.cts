/** Calls the hub from CommonJS: `require` of an ES module, with its types. Prints what the call returns. */
import type { ChatHub } from './chat-hub.js' with { 'resolution-mode': 'import' }

const { typedHub }: typeof import('@signalbox/typed-client') = require('@signalbox/typed-client')
const { HubConnectionBuilder, LogLevel }: typeof import('@microsoft/signalr') = require('@microsoft/signalr')

async function main(url: string): Promise<void> {
  const connection = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build()
  await connection.start()
  const length: number = await typedHub<ChatHub>(connection).invoke.send('lobby', 'hello')
  console.log(length)
  await connection.stop()
}

void main(process.argv[2]!)
