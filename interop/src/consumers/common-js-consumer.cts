/** A CommonJS program that uses Signalbox: `require` of an ES module, with its types. Prints what a call through it returns. */
import type { HubMethodTable } from 'signalbox'

const signalbox: typeof import('signalbox') = require('signalbox')
const signalR: typeof import('@microsoft/signalr') = require('@microsoft/signalr')

class GreetingHub extends signalbox.Hub {
  static readonly hubMethods = { greet: 1 } satisfies HubMethodTable<GreetingHub>

  greet(name: string): string {
    return `Hello, ${name}`
  }
}

async function main(): Promise<void> {
  const server = signalbox.createServer()
  server.mapHub('/greeting', GreetingHub)
  const { url } = await server.listen(0)
  const connection = new signalR.HubConnectionBuilder()
    .withUrl(`${url}/greeting`)
    .configureLogging(signalR.LogLevel.None)
    .build()
  await connection.start()
  console.log(await connection.invoke('greet', 'CommonJS'))
  await connection.stop()
  await server.close()
}

void main()
