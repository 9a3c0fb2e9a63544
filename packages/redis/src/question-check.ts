import { InvalidPayloadError, PayloadReader } from './payload-reader.js'
import { PayloadWriter } from './payload-writer.js'

/** A client of another node is asked for a result. */
export interface Question {
  readonly connectionId: string
  readonly invocationId: string
}

/**
 * The questions whose answers a node waits for. Redis may have taken one for a node that then lost its connection, and was back before anybody
 * missed it: then only the node itself can tell that it has not been asked. Written and read by Signalbox alone.
 */
export interface QuestionCheck {
  /** Where the answers are waited for, without prefix. */
  readonly returnChannel: string
  readonly questions: readonly Question[]
}

export function writeQuestionCheck({ returnChannel, questions }: QuestionCheck): Buffer {
  const writer = new PayloadWriter()
    .arrayLength(2)
    .string(returnChannel)
    .arrayLength(2 * questions.length)
  for (const { connectionId, invocationId } of questions) writer.string(connectionId).string(invocationId)
  return writer.bytes
}

/** @throws InvalidPayloadError */
export function readQuestionCheck(payload: Buffer): QuestionCheck {
  const reader = new PayloadReader(payload)
  reader.arrayOfAtLeast(2)
  const returnChannel = reader.string()
  if (returnChannel === undefined) throw new InvalidPayloadError('A node does not say where it waits for results.')
  const questions: Question[] = []
  for (let left = reader.arrayLength(); left >= 2; left -= 2)
    questions.push({ connectionId: reader.string() ?? '', invocationId: reader.string() ?? '' })
  return { returnChannel, questions }
}
