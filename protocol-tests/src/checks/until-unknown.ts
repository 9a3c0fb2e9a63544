import assert from 'node:assert/strict'
import { unknownId } from '../drivers/answer-facts.js'
import { pause } from '../drivers/deadline.js'
import type { HttpAnswer } from '../drivers/http-exchange.js'

/** A connection may have an id for a moment longer than a client can see it live: asks until the id is unknown. */
export async function untilUnknown(ask: () => Promise<HttpAnswer>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await ask()).body === unknownId) return
    await pause(20)
  }
  assert.fail('the id still lives after 4 s')
}
