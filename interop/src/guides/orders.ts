import { createServer, Hub, hubMethod, type SignalboxServer } from 'signalbox'
import { z } from 'zod'

const Order = z.object({ item: z.string(), count: z.number().int().positive() })

interface OrderClient {
  added(tenant: string, id: number): void
}

export class OrderHub extends Hub<OrderClient> {
  override async onConnected(): Promise<void> {
    const { tenant = '' } = this.context.httpRequest.params
    await this.groups.addToGroup(this.context.connectionId, tenant)
  }

  @hubMethod
  whereAmI(): string | undefined {
    const { tenant } = this.context.httpRequest.params
    return tenant
  }
}

export function createOrderServer(): SignalboxServer {
  const server = createServer()
  const orders: z.infer<typeof Order>[] = []

  server.mapHub('/hubs/:tenant', OrderHub) // clients connect to /hubs/acme

  server.mapRequest('GET', '/orders/:id', ({ params }) => {
    const order = orders[Number(params.id)] // its type knows the path: params.it does not compile
    return order === undefined ? undefined : { status: 200, body: JSON.stringify(order) }
  })

  server.mapRequest(
    'POST',
    '/:tenant/orders',
    async request => {
      const order = Order.safeParse(await request.json())
      if (!order.success) return { status: 400, body: z.prettifyError(order.error) }
      const id = orders.push(order.data) - 1
      await server.hub(OrderHub).clients.group(request.params.tenant).added(request.params.tenant, id)
      return { status: 201, headers: { Location: `/orders/${id}` } }
    },
    { maximumRequestBodySizeBytes: 10_000 },
  )

  server.mapRequest('GET', '/health', () => ({ status: 200 }))
  return server
}
