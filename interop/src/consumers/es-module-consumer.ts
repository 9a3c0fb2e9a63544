/** An ES module that uses Signalbox, with decorators and a typed client. Prints what a call through it returns. */
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { createServer, Hub, hubMethod } from 'signalbox'
import { z } from 'zod'

interface GreetingClient {
  greeted(name: string): void
}

class GreetingHub extends Hub<GreetingClient> {
  @hubMethod(z.string())
  async greet(name: string): Promise<string> {
    await this.clients.all.greeted(name)
    return `Hello, ${name}`
  }
}

const server = createServer()
server.mapHub('/greeting', GreetingHub)
const { url } = await server.listen(0)
const connection = new HubConnectionBuilder().withUrl(`${url}/greeting`).configureLogging(LogLevel.None).build()
await connection.start()
const greeted = new Promise<string>(resolve => connection.on('greeted', resolve))
console.log(await connection.invoke('greet', 'ES modules'))
await server.hub(GreetingHub).clients.all.greeted(await greeted)
await connection.stop()
await server.close()

/** What must not compile; never called. */
export async function misuse(hub: GreetingHub): Promise<void> {
  // @ts-expect-error the client has no such method
  await hub.clients.all.greet('nobody')
  // @ts-expect-error its argument is a text
  await hub.clients.caller.greeted(42)
  // @ts-expect-error the same from outside the hub
  await server.hub(GreetingHub).clients.group('a').greeted(42)
  // @ts-expect-error an option that does not exist
  server.mapHub('/other', GreetingHub, { keepAliveInterval: 15 })
  // @ts-expect-error a class that is no hub
  server.mapHub('/other', Map)
}
