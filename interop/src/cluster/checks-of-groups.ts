import type { Check } from './check.js'
import { newText } from './cluster-client.js'
import type { Stage } from './stage.js'

/** Runs with a group that is new. */
const withGroup = (run: (stage: Stage, group: string) => Promise<void>) => (stage: Stage) =>
  run(stage, newText('group'))

const sendGroup = (stage: Stage, group: string) => (text: string) => stage.caller.invoke('SendGroup', group, text)

export const checksOfGroups: readonly Check[] = [
  {
    title: 'a group: its members on both servers',
    run: withGroup(async (stage, group) => {
      await Promise.all([stage.near, stage.far].map(client => client.invoke('Join', group)))
      await stage.expectReach(sendGroup(stage, group), [stage.near, stage.far])
    }),
  },
  {
    title: 'groups: a member of two gets it twice',
    run: withGroup(async (stage, group) => {
      const second = newText('group')
      await stage.near.invoke('Join', group)
      await stage.far.invoke('Join', group)
      await stage.far.invoke('Join', second)
      await stage.expectReach(
        text => stage.caller.invoke('SendGroups', [group, second], text),
        [stage.near, stage.far, stage.far],
        // A fence on each channel.
        {
          send: async text => {
            await stage.caller.invoke('SendGroup', group, text)
            await stage.caller.invoke('SendGroup', second, `${text}, second`)
            await stage.far.hears(`${text}, second`)
          },
          reaches: [stage.near, stage.far],
        },
      )
    }),
  },
  {
    title: 'group except: not the members excluded',
    run: withGroup(async (stage, group) => {
      await Promise.all([stage.near, stage.far, stage.other].map(client => client.invoke('Join', group)))
      const excluded = [stage.far.connectionId]
      await stage.expectReach(
        text => stage.caller.invoke('SendGroupExcept', group, excluded, text),
        [stage.near, stage.other],
        { send: sendGroup(stage, group), reaches: [stage.near, stage.far, stage.other] },
      )
    }),
  },
  {
    title: 'others in group: not the caller',
    run: withGroup(async (stage, group) => {
      await Promise.all([stage.caller, stage.far].map(client => client.invoke('Join', group)))
      await stage.expectReach(text => stage.caller.invoke('SendOthersInGroup', group, text), [stage.far], {
        send: sendGroup(stage, group),
        reaches: [stage.caller, stage.far],
      })
    }),
  },
  {
    title: 'a member that has left gets no more',
    run: withGroup(async (stage, group) => {
      await Promise.all([stage.near, stage.far, stage.other].map(client => client.invoke('Join', group)))
      await stage.far.invoke('Leave', group)
      await stage.expectReach(sendGroup(stage, group), [stage.near, stage.other])
    }),
  },
  {
    title: 'adding a connection of the other server, then sending at once, 1,000 times',
    run: async stage => {
      // A server takes the calls of one client one after another, so that a batch saves their ways and nothing else.
      for (let batch = 0; batch < 20; batch++) {
        const said = Array.from({ length: 50 }, () => ({ group: newText('group'), text: newText('said') }))
        const addAndSend = async ({ group, text }: { group: string; text: string }) => {
          await stage.caller.invoke('JoinConnection', stage.far.connectionId, group)
          await stage.caller.invoke('SendGroup', group, text)
        }
        await Promise.all(said.map(addAndSend))
        for (const { text } of said) await stage.far.hears(text)
      }
    },
  },
  {
    title: 'adding it twice: one copy',
    run: withGroup(async (stage, group) => {
      await stage.caller.invoke('JoinConnection', stage.far.connectionId, group)
      await stage.caller.invoke('JoinConnection', stage.far.connectionId, group)
      await stage.expectReach(sendGroup(stage, group), [stage.far])
    }),
  },
  {
    title: 'removing a connection of the other server, a member or not',
    run: withGroup(async (stage, group) => {
      await Promise.all([stage.far, stage.other].map(client => client.invoke('Join', group)))
      await stage.caller.invoke('LeaveConnection', stage.far.connectionId, group)
      await stage.caller.invoke('LeaveConnection', stage.far.connectionId, group)
      await stage.expectReach(sendGroup(stage, group), [stage.other])
    }),
  },
  {
    title: '1,000 messages to a group arrive in order on both servers',
    run: withGroup(async (stage, group) => {
      await Promise.all([stage.near, stage.far].map(client => client.invoke('Join', group)))
      const texts = Array.from({ length: 1_000 }, (_, number) => `${group}, message ${number}`)
      for (const text of texts) await stage.caller.invoke('SendGroup', group, text)
      for (const member of [stage.near, stage.far]) {
        await member.hears(texts.at(-1)!)
        const heard = (await member.heard()).filter(text => text.startsWith(`${group}, `))
        if (heard.join() !== texts.join()) throw new Error(`not in order: ${heard.join()}`)
      }
    }),
  },
]
