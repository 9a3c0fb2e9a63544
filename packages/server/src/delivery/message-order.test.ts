import { expect } from 'chai'
import fc from 'fast-check'
import { orderOperations } from '../testing/order-operations.js'
import { playOperations } from '../testing/play-operations.js'

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('the order of messages', () => {
  const random = { seed: 20_260_401, numRuns: 300 }

  it('is per connection the order of sending, over any mix of audiences, calls and slow sockets', async () => {
    await fc.assert(
      fc.asyncProperty(orderOperations, async operations => {
        const { server, model } = await playOperations(operations)

        const received = server.sockets.map(({ frames }) => frames.map(textOf).join(''))
        expect(received).to.deep.equal(model.received.map(messages => messages.join('')))
      }),
      random,
    )
  })

  it('is kept in frames of whole messages', async () => {
    await fc.assert(
      fc.asyncProperty(orderOperations, async operations => {
        const { server } = await playOperations(operations)

        for (const { frames } of server.sockets) for (const frame of frames) expect(frame.at(-1)).to.equal(0x1e)
      }),
      random,
    )
  })

  it('costs one array for all frames of one history', async () => {
    await fc.assert(
      fc.asyncProperty(orderOperations, async operations => {
        const { server } = await playOperations(operations)

        const arrays = new Map<string, Uint8Array>()
        for (const { frames } of server.sockets) {
          for (const frame of frames) {
            const text = textOf(frame) // every message carries the number of its send, so equal texts are one history
            expect(arrays.get(text) ?? frame).to.equal(frame)
            arrays.set(text, frame)
          }
        }
      }),
      random,
    )
  })
})
