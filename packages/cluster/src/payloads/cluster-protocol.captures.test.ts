import { capturedPayloads } from '@signalbox/conformance'
import { JsonHubProtocol } from '@signalbox/protocol'
import { expect } from 'chai'
import {
  readAck,
  readCompletion,
  readGroupCommand,
  readInvocation,
  writeAck,
  writeCompletion,
  writeGroupCommand,
  writeInvocation,
} from './cluster-protocol.js'
import { readWhole } from './received-message.js'

/** Reads a payload and writes what was read. */
const rewrites: Readonly<Record<string, (payload: Buffer) => Buffer>> = {
  invocation: payload => {
    const { messages, excludedConnectionIds, invocationId, returnChannel } = readInvocation(payload)
    const isAnswered = invocationId !== undefined && returnChannel !== undefined
    return writeInvocation(messages, excludedConnectionIds, isAnswered ? { invocationId, returnChannel } : undefined)
  },
  group: payload => writeGroupCommand(readGroupCommand(payload)),
  ack: payload => writeAck(readAck(payload)),
  completion: payload => {
    const { protocolName, completion } = readCompletion(payload)
    return writeCompletion(protocolName, completion)
  },
}

/** The JSON of a payload, where it has any. */
function jsonOf(kind: string, payload: Buffer): Uint8Array | undefined {
  if (kind.startsWith('invocation')) return readInvocation(payload).messages.get('json')
  if (kind !== 'completion') return undefined
  const { protocolName, completion } = readCompletion(payload)
  return protocolName === 'json' ? completion : undefined
}

describe('What nodes of ASP.NET Core 10 published', () => {
  /** A node with `SupportedProtocols = json, nope, JSON` names json twice. We never do; read, it is one. */
  const isDoubled = (description: string) => description.includes('json, nope, JSON')
  const captures = capturedPayloads()
  const json = new JsonHubProtocol()

  it('is of every kind', () => {
    const kinds = new Set(captures.map(({ kind }) => kind.split(' ')[0]))
    expect([...kinds].sort()).to.deep.equal(Object.keys(rewrites).sort())
    expect(captures.length).to.be.above(100)
  })

  for (const { channel, kind, description, payload } of captures) {
    if (isDoubled(description)) continue
    it(`is written by us byte for byte: ${description} on ${channel}`, () => {
      expect(rewrites[kind.split(' ')[0]!]!(payload)).to.deep.equal(payload)
    })
  }

  it('may name a protocol twice, which counts once', () => {
    const [doubled] = captures.filter(({ description }) => isDoubled(description))
    expect([...readInvocation(doubled!.payload).messages.keys()]).to.deep.equal(['json'])
  })

  for (const { kind, description, payload } of captures) {
    const blob = jsonOf(kind, payload)
    if (blob === undefined) continue
    it(`has JSON that we write alike, up to escaping: ${description}`, () => {
      const message = readWhole(json, blob)
      const written = json.writeMessage(message!)
      const parse = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes.subarray(0, -1)).toString())
      expect(written.at(-1)).to.equal(0x1e)
      expect(parse(written)).to.deep.equal(parse(blob))
      expect(Object.keys(parse(written))).to.deep.equal(Object.keys(parse(blob)))
    })
  }
})
