import type { FaultKind } from './fault.js'

const unreadable = ['', 'c0', 'ff00ff00c1', '68656c6c6f', '9190', '92ddffffffff', '929081a46a736f6ec6ffffffff2a', '94']

/** Every kind of channel, by the beginning of its name. */
const channelKinds = ['all', 'internal:groups', 'internal:ack:', 'internal:return:', 'connection:', 'group:', 'user:']

/** What no node can read, on a channel of every kind. */
export const garbage: FaultKind = random => {
  const payloads = random.shuffled(unreadable).map(hex => Buffer.from(hex, 'hex'))
  return {
    kind: 'garbage on every kind of channel',
    detail: `${channelKinds.length * payloads.length} payloads`,
    loses: [],
    isGarbage: true,
    happen: async ({ redis }) => {
      const channels = (await redis.admin.pubsub('CHANNELS', 'Chaos:*')).map(String)
      for (const kind of channelKinds) {
        const channel = channels.find(name => name.startsWith(`Chaos:${kind}`))
        if (channel === undefined) throw new Error(`nobody listens to a channel of the kind ${kind}`)
        for (const payload of payloads) await redis.admin.publish(channel, payload)
      }
    },
  }
}
