import { type CompletionMessage, JsonHubProtocol, MessageType } from '@signalbox/protocol'
import { expect } from 'chai'
import {
  type ClusterInvocation,
  GroupAction,
  readAck,
  readCompletion,
  readGroupCommand,
  readInvocation,
  writeAck,
  writeCompletion,
  writeGroupCommand,
  writeInvocation,
} from './cluster-protocol.js'
import { InvalidPayloadError } from './payload-reader.js'

// T: vectors of dotnet/aspnetcore, src/SignalR/server/StackExchangeRedis/test. D: derived, and written by a real node
// byte for byte.

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const json = new JsonHubProtocol()

/** What a message is in JSON, framed. */
function invoke(target: string, args: readonly unknown[], invocationId?: string): Buffer {
  return json.writeMessage({
    type: MessageType.Invocation,
    headers: undefined,
    invocationId,
    target,
    arguments: args,
    streamIds: undefined,
  })
}

const completionOf = (invocationId: string, outcome: Partial<CompletionMessage>): Buffer =>
  json.writeMessage({
    type: MessageType.Completion,
    headers: undefined,
    invocationId,
    error: undefined,
    result: undefined,
    hasResult: 'result' in outcome,
    ...outcome,
  })

describe('Redis protocol, acks', () => {
  const vectors = [
    ['V01 T', 0, '91 00'],
    ['V02 T', 42, '91 2a'],
    ['V03 T', 180, '91 ccb4'],
    ['V04 T', 384, '91 cd0180'],
    ['V05 T', 70_000, '91 ce00011170'],
    ['V06 D', 2_147_483_647, '91 ce7fffffff'],
    ['V07 D', -2_147_483_648, '91 d280000000'],
    ['V08 D', -1, '91 ff'],
    ['border', 127, '91 7f'],
    ['border', 128, '91 cc80'],
    ['border', 256, '91 cd0100'],
    ['border', 65_536, '91 ce00010000'],
    ['border', -32, '91 e0'],
    ['border', -33, '91 d0df'],
    ['border', -128, '91 d080'],
    ['border', -129, '91 d1ff7f'],
    ['border', -32_768, '91 d18000'],
    ['border', -32_769, '91 d2ffff7fff'],
  ] as const

  for (const [name, id, hex] of vectors) {
    it(`writes and reads ${name}, ${id}`, () => {
      expect(writeAck(id)).to.deep.equal(bytes(hex))
      expect(readAck(bytes(hex))).to.equal(id)
    })
  }

  for (const [form, hex] of [
    ['uint8', '91 cc05'],
    ['uint16', '91 cd0005'],
    ['uint32', '91 ce00000005'],
    ['uint64', '91 cf0000000000000005'],
    ['int8', '91 d005'],
    ['int16', '91 d10005'],
    ['int32', '91 d200000005'],
    ['int64', '91 d30000000000000005'],
    ['array16', 'dc0001 05'],
    ['array32', 'dd00000001 05'],
    ['a longer array', '93 05 c0 c0'],
    ['bytes behind the array', '91 05 ff ff'],
  ] as const) {
    it(`reads 5 from ${form}, as .NET does`, () => {
      expect(readAck(bytes(hex))).to.equal(5)
    })
  }

  for (const [what, hex] of [
    ['nothing', ''],
    ['an empty array', '90'],
    ['an array cut off', '91'],
    ['a number cut off', '91 cd01'],
    ['a map', '81 01 02'],
    ['text', '91 a131'],
    ['nil', '91 c0'],
    ['a float', '91 cb3ff0000000000000'],
    ['2^31', '91 ce80000000'],
    ['-2^31 - 1', '91 d3ffffffff7fffffff'],
    ['2^63', '91 cf8000000000000000'],
    ['an array of 2^32 - 1', 'ddffffffff'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readAck(bytes(hex))).to.throw(InvalidPayloadError)
    })
  }
})

describe('Redis protocol, group commands', () => {
  const vectors = [
    ['V09 T', [42, 'S', GroupAction.Add, 'G', 'C'], '95 2a a153 01 a147 a143'],
    ['V10 T', [42, 'S', GroupAction.Remove, 'G', 'C'], '95 2a a153 02 a147 a143'],
    [
      'V11 D',
      [1, 'WEB01_02db60e5fab243b890a847fa5c4dcb29', GroupAction.Add, 'room-1', 'v3sGIq4zJfIHhEwnIUn26A'],
      '95 01 d926 57454230315f3032646236306535666162323433623839306138343766613563346463623239 01 a6726f6f6d2d31 b6763373474971347a4a6649486845776e49556e323641',
    ],
    [
      'V12 D',
      [300, 'n1_x', GroupAction.Remove, 'café ☕', 'c1'],
      '95 cd012c a46e315f78 02 a9636166c3a920e29895 a26331',
    ],
  ] as const

  for (const [name, [id, serverName, action, groupName, connectionId], hex] of vectors) {
    it(`writes and reads ${name}`, () => {
      const command = { id, serverName, action, groupName, connectionId }
      expect(writeGroupCommand(command)).to.deep.equal(bytes(hex))
      expect(readGroupCommand(bytes(hex))).to.deep.equal(command)
    })
  }

  it('reads nil for the server and the group as empty names, as .NET does', () => {
    const command = readGroupCommand(bytes('95 01 c0 01 c0 a143'))
    expect(command).to.include({ serverName: '', groupName: '' })
  })

  it('reads an action it does not know', () => {
    expect(readGroupCommand(bytes('95 01 a153 03 a147 a143')).action).to.equal(3)
  })

  for (const [what, hex] of [
    ['four items', '94 01 a153 01 a147'],
    ['an id that is text', '95 a131 a153 01 a147 a143'],
    ['an action above 255', '95 01 a153 cd0100 a147 a143'],
    ['an action below 0', '95 01 a153 ff a147 a143'],
    ['a connection id that is nil', '95 01 a153 01 a147 c0'],
    ['a group name that is binary', '95 01 a153 01 c40147 a143'],
    ['a name cut off', '95 01 a153 01 a147 a243'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readGroupCommand(bytes(hex))).to.throw(InvalidPayloadError)
    })
  }
})

describe('Redis protocol, invocations', () => {
  const oneByte = bytes('2a')
  const twoDummies = new Map([
    ['p1', oneByte],
    ['p2', oneByte],
  ])
  const jsonTarget = ['json', invoke('target', [])] as const
  const messagePackTarget = ['messagepack', bytes('0d 960180c0a67461726765749090')] as const
  const result = {
    invocationId: '8TZ3Xw0AnEaUpR1kq1u7bA',
    returnChannel: 'Chat.Hubs.ChatHub:internal:return:WEB01_02db60e5fab243b890a847fa5c4dcb29',
  }
  const jsonAsk = ['json', invoke('Ask', [1], result.invocationId)] as const
  const messagePackAsk = [
    'messagepack',
    bytes('21960180b638545a33587730416e4561557052316b713175376241a341736b910190'),
  ] as const
  const jsonAskHex =
    'a46a736f6e c452 7b2274797065223a312c22696e766f636174696f6e4964223a2238545a33587730416e4561557052316b713175376241222c22746172676574223a2241736b222c22617267756d656e7473223a5b315d7d1e'
  const resultHex =
    'b638545a33587730416e4561557052316b713175376241 d948 436861742e487562732e436861744875623a696e7465726e616c3a72657475726e3a57454230315f3032646236306535666162323433623839306138343766613563346463623239'

  const vectors: readonly [string, Parameters<typeof writeInvocation>, string][] = [
    ['V13 T', [twoDummies], '92 90 82 a27031 c4012a a27032 c4012a'],
    ['V14 T', [twoDummies, ['a']], '92 91 a161 82 a27031 c4012a a27032 c4012a'],
    ['V15 T', [twoDummies, [...'abcdef']], '92 96 a161a162a163a164a165a166 82 a27031 c4012a a27032 c4012a'],
    [
      'V16 D',
      [twoDummies, [...'abcdefghijklmnop']],
      '92 dc0010 a161a162a163a164a165a166a167a168a169a16aa16ba16ca16da16ea16fa170 82 a27031 c4012a a27032 c4012a',
    ],
    ['V17 D', [new Map()], '92 90 80'],
    [
      'V19 D',
      [new Map([jsonTarget])],
      '92 90 81 a46a736f6e c42c 7b2274797065223a312c22746172676574223a22746172676574222c22617267756d656e7473223a5b5d7d1e',
    ],
    [
      'V18 T, V20 D',
      [new Map([messagePackTarget])],
      '92 90 81 ab6d6573736167657061636b c40e 0d960180c0a67461726765749090',
    ],
    [
      'V21 D',
      [new Map<string, Buffer>([jsonTarget, messagePackTarget])],
      '92 90 82 a46a736f6e c42c 7b2274797065223a312c22746172676574223a22746172676574222c22617267756d656e7473223a5b5d7d1e ab6d6573736167657061636b c40e 0d960180c0a67461726765749090',
    ],
    [
      'V22 D',
      [
        new Map([
          ['json', invoke('Receive', ['alice', 'hi'])],
          ['messagepack', bytes('17960180c0a75265636569766592a5616c696365a2686990')],
        ]),
        ['v3sGIq4zJfIHhEwnIUn26A'],
      ],
      '92 91 b6763373474971347a4a6649486845776e49556e323641 82 a46a736f6e c439 7b2274797065223a312c22746172676574223a2252656365697665222c22617267756d656e7473223a5b22616c696365222c226869225d7d1e ab6d6573736167657061636b c418 17960180c0a75265636569766592a5616c696365a2686990',
    ],
    [
      'V24 D',
      [new Map([['json', invoke('T', [], 'i')]]), [], { invocationId: 'i', returnChannel: 'H:internal:return:S' }],
      '94 90 81 a46a736f6e c43a 7b2274797065223a312c22696e766f636174696f6e4964223a2269222c22746172676574223a2254222c22617267756d656e7473223a5b5d7d1e a169 b3483a696e7465726e616c3a72657475726e3a53',
    ],
    ['V25 D', [new Map([jsonAsk]), [], result], `94 90 81 ${jsonAskHex} ${resultHex}`],
    [
      'V26 D',
      [new Map<string, Buffer>([jsonAsk, messagePackAsk]), [], result],
      `94 90 82 ${jsonAskHex} ab6d6573736167657061636b c422 ${messagePackAsk[1].toString('hex')} ${resultHex}`,
    ],
  ]

  for (const [name, args, hex] of vectors) {
    it(`writes and reads ${name}`, () => {
      const [messages, excludedConnectionIds = [], wanted] = args
      const expected: ClusterInvocation = {
        excludedConnectionIds,
        messages,
        invocationId: wanted?.invocationId,
        returnChannel: wanted?.returnChannel,
      }
      expect(writeInvocation(...args)).to.deep.equal(bytes(hex))
      expect(readInvocation(bytes(hex))).to.deep.equal(expected)
    })
  }

  it('writes and reads V23 D, whose messages need 16 bits for their length', () => {
    const big = 'x'.repeat(300)
    const messagePack = Buffer.concat([bytes('b902 960180c0a3426967 91 da012c'), Buffer.from(big), bytes('90')])
    const messages = new Map([
      ['json', invoke('Big', [big])],
      ['messagepack', messagePack],
    ])
    const payload = writeInvocation(messages)
    expect(payload).to.have.lengthOf(684)
    expect(payload.subarray(0, 13)).to.deep.equal(bytes('929082 a46a736f6e c50157 7b22'))
    expect(payload.subarray(366, 369)).to.deep.equal(bytes('c5013b'))
    expect(readInvocation(payload).messages).to.deep.equal(messages)
  })

  for (const [length, head] of [
    [31, 'bf'],
    [32, 'd920'],
    [255, 'd9ff'],
    [256, 'da0100'],
    [65_536, 'db00010000'],
  ] as const) {
    it(`writes and reads an id of ${length} bytes`, () => {
      const id = 'x'.repeat(length)
      const payload = writeInvocation(new Map(), [id])
      expect(payload.subarray(2, 2 + head.length / 2).toString('hex')).to.equal(head)
      expect(readInvocation(payload).excludedConnectionIds).to.deep.equal([id])
    })
  }

  for (const [length, head] of [
    [255, 'c4ff'],
    [256, 'c50100'],
    [65_536, 'c600010000'],
  ] as const) {
    it(`writes and reads a message of ${length} bytes`, () => {
      const message = Buffer.alloc(length, 0x2a)
      const payload = writeInvocation(new Map([['p', message]]))
      expect(payload.subarray(5, 5 + head.length / 2).toString('hex')).to.equal(head)
      expect(readInvocation(payload).messages.get('p')).to.deep.equal(message)
    })
  }

  it('ignores a third item without a fourth (V33)', () => {
    const invocation = readInvocation(bytes('93 90 81a27031c4012a a178'))
    expect(invocation).to.include({ invocationId: undefined, returnChannel: undefined })
    expect(invocation.messages.get('p1')).to.deep.equal(oneByte)
  })

  it('ignores a fifth item, and takes nil for none (V34)', () => {
    const invocation = readInvocation(bytes('95 90 81a27031c4012a c0 c0 a16f'))
    expect(invocation).to.include({ invocationId: undefined, returnChannel: undefined })
  })

  it('takes the first of two messages of one protocol', () => {
    const { messages } = readInvocation(bytes('92 90 82 a170 c40101 a170 c40102'))
    expect(messages.get('p')).to.deep.equal(bytes('01'))
  })

  it('reads a nil id as an empty one and a nil message as no bytes', () => {
    const { excludedConnectionIds, messages } = readInvocation(bytes('92 91c0 81 a170 c0'))
    expect(excludedConnectionIds).to.deep.equal([''])
    expect(messages.get('p')).to.have.lengthOf(0)
  })

  it('reads the widest forms', () => {
    const hex = 'dd00000002 dd00000001 db00000001 61 df00000001 da0001 70 c600000001 2a'
    const { excludedConnectionIds, messages } = readInvocation(bytes(hex))
    expect(excludedConnectionIds).to.deep.equal(['a'])
    expect(messages.get('p')).to.deep.equal(oneByte)
  })

  for (const [what, hex] of [
    ['one item (V35)', '91 90'],
    ['an item 0 that is no array (V35)', '94 a161 80 c0 c0'],
    ['a nil item 0 (V35)', '92 c0 80'],
    ['nothing', ''],
    ['an excluded id that is a number', '92 91 01 80'],
    ['a message that is text', '92 90 81 a170 a12a'],
    ['a protocol that is a number', '92 90 81 01 c4012a'],
    ['an invocation id that is a number', '94 90 80 01 a172'],
    ['a return channel that is a number', '94 90 80 a169 01'],
    ['a map that promises more than there is', '92 90 dfffffffff'],
    ['excluded ids that promise more than there is', '92 ddffffffff'],
    ['a message that promises more than there is', '92 90 81 a170 c6ffffffff 2a'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readInvocation(bytes(hex))).to.throw(InvalidPayloadError)
    })
  }
})

describe('Redis protocol, completions', () => {
  const messagePack = (hex: string) => ['messagepack', bytes(hex)] as const
  const vectors = [
    [
      'V27 T',
      ['json', Buffer.from('{"type":3,"invocationId":"1","result":1}')],
      '92 a46a736f6e c428 7b2274797065223a332c22696e766f636174696f6e4964223a2231222c22726573756c74223a317d',
    ],
    ['V28 T', messagePack('950380a378797a032a'), '92 ab6d6573736167657061636b c409 950380a378797a032a'],
    [
      'V29 D',
      ['json', completionOf('8TZ3Xw0AnEaUpR1kq1u7bA', { result: 42 })],
      '92 a46a736f6e c43f 7b2274797065223a332c22696e766f636174696f6e4964223a2238545a33587730416e4561557052316b713175376241222c22726573756c74223a34327d1e',
    ],
    [
      'V30 D',
      ['json', completionOf('1', { error: 'Connection disconnected.' })],
      '92 a46a736f6e c441 7b2274797065223a332c22696e766f636174696f6e4964223a2231222c226572726f72223a22436f6e6e656374696f6e20646973636f6e6e65637465642e227d1e',
    ],
    [
      'V31 D',
      ['json', completionOf('1', {})],
      '92 a46a736f6e c41e 7b2274797065223a332c22696e766f636174696f6e4964223a2231227d1e',
    ],
    ['V32 D, result', messagePack('09950380a378797a032a'), '92 ab6d6573736167657061636b c40a 09950380a378797a032a'],
    [
      'V32 D, error',
      messagePack('0d950380a378797a01a4626f6f6d'),
      '92 ab6d6573736167657061636b c40e 0d950380a378797a01a4626f6f6d',
    ],
    ['V32 D, void', messagePack('08940380a378797a02'), '92 ab6d6573736167657061636b c409 08940380a378797a02'],
  ] as const

  for (const [name, [protocolName, completion], hex] of vectors) {
    it(`writes and reads ${name}`, () => {
      expect(writeCompletion(protocolName, completion)).to.deep.equal(bytes(hex))
      expect(readCompletion(bytes(hex))).to.deep.equal({ protocolName, completion })
    })
  }

  for (const [what, hex] of [
    ['one item', '91 a46a736f6e'],
    ['a nil protocol', '92 c0 c4012a'],
    ['a nil completion', '92 a46a736f6e c0'],
    ['a completion that is text', '92 a46a736f6e a12a'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => readCompletion(bytes(hex))).to.throw(InvalidPayloadError)
    })
  }
})
