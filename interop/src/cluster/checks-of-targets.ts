import type { Check } from './check.js'

export const checksOfTargets: readonly Check[] = [
  {
    title: 'all: everybody gets it once',
    run: stage => stage.expectReach(stage.broadcast.send, stage.broadcast.reaches),
  },
  {
    title: 'others: everybody but the caller',
    run: stage =>
      stage.expectReach(
        text => stage.caller.invoke('BroadcastOthers', text),
        [stage.near, stage.far, stage.other],
        stage.broadcast,
      ),
  },
  {
    title: 'all except: not those excluded, on either server',
    run: stage => {
      const excluded = [stage.near.connectionId, stage.far.connectionId]
      return stage.expectReach(
        text => stage.caller.invoke('BroadcastExcept', excluded, text),
        [stage.caller, stage.other],
        stage.broadcast,
      )
    },
  },
  {
    title: 'a connection of the other server',
    run: stage =>
      stage.expectReach(text => stage.caller.invoke('SendConnection', stage.far.connectionId, text), [stage.far]),
  },
  {
    title: 'connections of both servers',
    run: stage => {
      const ids = [stage.near.connectionId, stage.far.connectionId]
      return stage.expectReach(text => stage.caller.invoke('SendConnections', ids, text), [stage.near, stage.far])
    },
  },
  {
    title: 'a connection that nobody has: nothing, and no error',
    run: stage => stage.expectReach(text => stage.caller.invoke('SendConnection', 'nobody', text), [], stage.broadcast),
  },
  {
    title: 'a user: all its connections, on both servers',
    run: stage => stage.expectReach(text => stage.caller.invoke('SendUser', 'ann', text), [stage.near, stage.far]),
  },
  {
    title: 'users',
    run: stage =>
      stage.expectReach(
        text => stage.caller.invoke('SendUsers', ['ann', 'bob'], text),
        [stage.near, stage.far, stage.other],
      ),
  },
]
