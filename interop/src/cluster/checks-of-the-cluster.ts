import type { Check } from './check.js'
import { newText } from './cluster-client.js'

export const checksOfTheCluster: readonly Check[] = [
  {
    title: 'another channel prefix on the same Redis hears nothing, and is not heard',
    run: async stage => {
      const group = newText('group')
      await Promise.all([stage.far, stage.stranger].map(client => client.invoke('Join', group)))
      for (const { method, target, reaches } of [
        { method: 'Broadcast', target: [], reaches: stage.broadcast.reaches },
        { method: 'SendGroup', target: [group], reaches: [stage.far] },
        { method: 'SendUser', target: ['ann'], reaches: [stage.near, stage.far] },
      ]) {
        const send = (text: string) => stage.caller.invoke(method, ...target, text)
        const sendElsewhere = (text: string) => stage.stranger.invoke(method, ...target, text)
        // In both clusters, on the channel on which the other one's message would have come.
        const fence = {
          send: (text: string) => Promise.all([send(text), sendElsewhere(text)]),
          reaches: [...reaches, stage.stranger],
        }
        await stage.expectReach(send, reaches, fence)
        await stage.expectReach(sendElsewhere, [stage.stranger], fence)
      }
    },
  },
  {
    title: 'a client that goes leaves no channel behind',
    run: async stage => {
      const [user, group] = [newText('user'), newText('group')]
      const guest = await stage.connectFar(user)
      await guest.invoke('Join', group)
      const channels = [
        stage.channel('connection', guest.connectionId),
        stage.channel('user', user),
        stage.channel('group', group),
      ]
      await stage.redis.hasSubscribers(channels, 1)
      await guest.stop()
      await stage.redis.hasSubscribers(channels, 0)
    },
  },
  {
    title: 'a user who has left and is back is reached',
    run: async stage => {
      const user = newText('user')
      const before = await stage.connectFar(user)
      await before.stop()
      await stage.redis.hasSubscribers([stage.channel('user', user)], 0)
      const back = await stage.connectFar(user)
      await stage.redis.hasSubscribers([stage.channel('user', user)], 1)
      const text = newText('said')
      await stage.caller.invoke('SendUser', user, text)
      await back.hears(text)
      await back.stop()
    },
  },
  {
    title: 'a user of whom one connection has left is reached by the other',
    run: async stage => {
      const user = newText('user')
      const [leaving, staying] = await Promise.all([stage.connectFar(user), stage.connectFar(user)])
      await leaving.stop()
      const text = newText('said')
      await stage.caller.invoke('SendUser', user, text)
      await staying.hears(text)
      await staying.stop()
    },
  },
  {
    title: 'an argument of 200,000 letters',
    run: async stage => {
      const text = newText('é'.repeat(200_000))
      await stage.caller.invoke('SendConnection', stage.far.connectionId, text)
      await stage.far.hears(text)
    },
  },
]
