import { turn } from '@signalbox/conformance'
import { type ClientProxy, Hub, type HubClients } from '@signalbox/hubs'
import { OrderModel } from './order-model.js'
import { type Audience, type OrderOperation, type Relay, relayedGroup, users } from './order-operations.js'
import { RecordedServer } from './recorded-server.js'

interface OrderClient {
  deliver(number: number): void
}

/** Sends to some from inside a call, then answers it. */
class OrderHub extends Hub<OrderClient> {
  static readonly hubMethods = { relay: 2 }

  relay(audience: Relay['audience'], number: number): number {
    const { clients } = this
    void (audience === 'othersInGroup' ? clients.othersInGroup(relayedGroup) : clients[audience]).deliver(number)
    return number
  }
}

/** Does the same to a server and to the model. @returns both, after everything that waited has gone out. */
export async function playOperations(
  operations: readonly OrderOperation[],
): Promise<{ server: RecordedServer; model: OrderModel }> {
  const server = new RecordedServer(OrderHub)
  const model = new OrderModel()
  for (const user of users) server.connect(user)
  await turn()
  // Every message carries the number of the operation it comes from.
  for (const [number, operation] of operations.entries()) await playOperation(operation, number, server, model)
  await turn()
  for (const index of users.keys()) server.drain(index)
  return { server, model }
}

async function playOperation(
  operation: OrderOperation,
  number: number,
  server: RecordedServer,
  model: OrderModel,
): Promise<void> {
  switch (operation.kind) {
    case 'send':
      void proxyTo(server, operation.audience).deliver(number)
      model.send(operation.audience, number)
      break
    case 'relay': {
      const args = [operation.audience, number]
      const call = { type: 1, invocationId: String(number), target: 'relay', arguments: args }
      server.receive(operation.connection, `${JSON.stringify(call)}\x1e`)
      model.relay(operation, number)
      break
    }
    case 'join':
      await server.runtime.groups.addToGroup(server.ids[operation.connection]!, operation.group)
      model.join(operation.group, operation.connection)
      break
    case 'leave':
      await server.runtime.groups.removeFromGroup(server.ids[operation.connection]!, operation.group)
      model.leave(operation.group, operation.connection)
      break
    case 'slow':
      server.sockets[operation.connection]!.isSlow = true
      break
    case 'drain':
      server.drain(operation.connection)
      break
    case 'turn':
      await turn()
  }
}

function proxyTo(server: RecordedServer, to: Audience): ClientProxy<OrderClient> {
  const clients = server.runtime.clients as unknown as HubClients<OrderClient>
  const idsOf = (indices: readonly number[]) => indices.map(index => server.ids[index]!)
  switch (to.kind) {
    case 'all':
      return clients.all
    case 'allExcept':
      return clients.allExcept(idsOf(to.connections))
    case 'client':
      return clients.client(server.ids[to.connection]!)
    case 'clients':
      return clients.clients(idsOf(to.connections))
    case 'group':
      return clients.group(to.group)
    case 'groups':
      return clients.groups(to.groups)
    case 'groupExcept':
      return clients.groupExcept(to.group, idsOf(to.connections))
    case 'user':
      return clients.user(to.user)
    case 'users':
      return clients.users(to.users)
  }
}
