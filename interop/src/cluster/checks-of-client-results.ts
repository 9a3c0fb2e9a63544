import { expect } from 'chai'
import { within } from '../clients/deadline.js'
import type { Check } from './check.js'
import { leaveNow, newText, unlucky } from './cluster-client.js'

export const checksOfClientResults: readonly Check[] = [
  {
    title: 'the result of a client of the other server',
    run: async stage => {
      expect(await stage.caller.invoke('AskConnection', stage.far.connectionId, 21)).to.equal(42)
    },
  },
  {
    title: 'its error is the error of the call',
    run: async stage => {
      const error = await stage.caller.errorOf('AskConnection', stage.far.connectionId, unlucky)
      expect(error).to.contain('HubException').and.to.contain('unlucky')
    },
  },
  {
    title: 'it leaves instead of answering: the call fails at once',
    run: async stage => {
      const guest = await stage.connectFar(newText('guest'))
      const call = stage.caller.errorOf('AskConnection', guest.connectionId, leaveNow)
      const error = await within(call, 'the call to fail', 2_000)
      expect(error).to.contain('Connection disconnected.')
      await guest.stop()
    },
  },
  {
    title: 'the result of a client that does not exist: the call fails at once',
    run: async stage => {
      const error = await within(stage.caller.errorOf('AskConnection', 'nobody', 21), 'the call to fail', 2_000)
      expect(error).to.contain("Connection 'nobody' does not exist.")
    },
  },
]
