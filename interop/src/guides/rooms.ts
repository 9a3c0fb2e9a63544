import { createPrincipal, createServer, Hub, hubMethod, type SignalboxServer } from 'signalbox'
import { z } from 'zod'

export interface RoomClient {
  present(users: number): void
}

export class RoomHub extends Hub<RoomClient> {
  @hubMethod(z.string())
  async enter(room: string): Promise<number> {
    await this.groups.addToGroup(this.context.connectionId, room)
    const { users } = await this.hubContext.membership.count({ groups: [room] })
    return users
  }
}

export function createRoomServer(): SignalboxServer {
  const server = createServer({
    authenticate(request) {
      const userId = request.query('name') // for an example: anybody may be anybody
      return userId === undefined ? undefined : createPrincipal({ userId })
    },
  })
  server.mapHub('/rooms', RoomHub)
  const { clients, membership } = server.hub(RoomHub)

  membership.watch(async change => {
    if (change.type !== 'joinedGroup' && change.type !== 'leftGroup') return
    const { users } = await membership.count({ groups: [change.groupName] })
    await clients.group(change.groupName).present(users)
  })

  server.mapRequest('GET', '/rooms/:room/members', async ({ params }) => {
    const names: string[] = []
    for await (const { userId } of membership.connections({ groups: [params.room] })) names.push(userId ?? 'somebody')
    return { status: 200, body: JSON.stringify(names) }
  })

  server.mapRequest('DELETE', '/users/:name', async ({ params }) => {
    await membership.disconnect({ users: [params.name] }, { reason: 'An administrator has disconnected you.' })
    return { status: 204 }
  })
  return server
}
