// The Node server of the mixed cluster; AspNetCore/ is the other one. Run alone: node server.mjs redis://localhost:6379 5000
import { MessagePackHubProtocol } from '@signalbox/protocol-msgpack'
import { redisBackplane } from '@signalbox/redis'
import { createServer, Hub } from 'signalbox'

class ChatHub extends Hub {
  // What the class is called on ASP.NET Core, with its namespace.
  static hubName = 'Chat.Hubs.ChatHub'
  static hubMethods = { Join: 1, Invite: 2, Say: 3, Ask: 2 }

  Join(room) {
    return this.groups.addToGroup(this.context.connectionId, room)
  }

  Invite(connectionId, room) {
    return this.groups.addToGroup(connectionId, room)
  }

  Say(room, name, text) {
    return this.clients.group(room).Said(name, `${text} (over Node)`)
  }

  Ask(connectionId, question) {
    return this.clients.client(connectionId).invoke.Answer(question)
  }
}

const [url = 'redis://localhost:6379', port = '5000'] = process.argv.slice(2)
const backplane = redisBackplane({ url, channelPrefix: 'MyApp' })
const server = createServer({ backplane, protocols: [new MessagePackHubProtocol()] })
server.mapHub('/chat', ChatHub)
server.mapRequest('/health', () => ({ status: backplane.isReady ? 200 : 503 }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close())
console.log(`Now listening on: ${(await server.listen(Number(port))).url}`)
