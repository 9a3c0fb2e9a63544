import {
  createServer,
  Hub,
  HubException,
  type HubFilter,
  hubMethod,
  type Invocation,
  type SignalboxServer,
} from 'signalbox'
import { z } from 'zod'

interface ReportClient {
  ready(name: string): void
}

export class ReportHub extends Hub<ReportClient> {
  /** Answers at once; the report comes later, also when its client has come back by another connection meanwhile. */
  @hubMethod(z.string())
  async order(name: string): Promise<void> {
    const { hubContext } = this // `this` belongs to the call, this does not
    await this.groups.addToGroup(this.context.connectionId, name)
    void write(name).then(() => hubContext.clients.group(name).ready(name))
  }

  /** Stops when the client cancels the call, or leaves: `invocation` stands behind what the client passes. */
  @hubMethod(z.string())
  async preview(name: string, invocation: Invocation): Promise<string> {
    return write(name, invocation.signal)
  }

  @hubMethod(z.object({ name: z.string().min(3), pages: z.number().int().positive() }))
  async configure(_options: { name: string; pages: number }): Promise<void> {}
}

async function write(name: string, signal?: AbortSignal): Promise<string> {
  for (let page = 1; page <= 3; page++) {
    signal?.throwIfAborted()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  return `${name}, 3 pages`
}

/** Tells clients what is wrong with their arguments in a form that a page can show beside its fields. */
const fieldErrors: HubFilter = {
  onBindingFailure({ issues }) {
    if (issues.length === 0) return
    throw new HubException(JSON.stringify(issues.map(({ path, message }) => ({ path: path.join('.'), message }))))
  },
}

export function createReportServer(): SignalboxServer {
  const server = createServer()
  server.mapHub('/reports', ReportHub, { enableValidationErrors: true })
  server.mapHub('/reports-by-field', ReportHub, { filters: [fieldErrors] })
  return server
}
