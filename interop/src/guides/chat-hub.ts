import { Hub, HubException, hubMethod, stream } from 'signalbox'
import { z } from 'zod'

export interface ChatClient {
  message(from: string, text: string): void
  confirm(question: string): Promise<boolean>
}

export class ChatHub extends Hub<ChatClient> {
  @hubMethod(z.string())
  async join(room: string): Promise<void> {
    await this.groups.addToGroup(this.context.connectionId, room)
    await this.clients.othersInGroup(room).message('system', `${this.context.userIdentifier} is here`)
  }

  @hubMethod(z.string(), z.string().max(500))
  async send(room: string, text: string): Promise<void> {
    if (text === '') throw new HubException('Say something.')
    await this.clients.group(room).message(this.context.userIdentifier ?? 'somebody', text)
  }

  @hubMethod(z.string())
  async clear(room: string): Promise<boolean> {
    const isSure = await this.clients.caller.invoke.confirm(`Clear ${room}?`)
    if (isSure) await this.clients.group(room).message('system', 'cleared')
    return isSure
  }

  @hubMethod(stream(z.number()))
  async sum(numbers: AsyncIterable<number>): Promise<number> {
    let sum = 0
    for await (const number of numbers) sum += number
    return sum
  }
}
