import { ConfigurationError } from '@signalbox/abstractions'
import { expect } from 'chai'
import { resolveRedisBackplaneOptions } from './redis-backplane-options.js'

describe('the url of redisBackplane', () => {
  for (const url of [
    'redis://localhost:6379',
    'rediss://user:secret@redis.example.com',
    '/run/redis.sock',
    undefined,
  ]) {
    it(`may be ${url}`, () => {
      expect(resolveRedisBackplaneOptions(url === undefined ? {} : { url }).url).to.equal(url)
    })
  }

  for (const url of ['localhost:6379', 'localhost:6379,password=secret', 'http://localhost:6379', '']) {
    it(`may not be '${url}', which the error does not repeat`, () => {
      expect(() => resolveRedisBackplaneOptions({ url }))
        .to.throw(
          ConfigurationError,
          'url must be an address that begins with redis:// or rediss://, such as redis://localhost:6379, but is a text.',
        )
        .with.property('option', 'url')
    })
  }
})

describe('the credentials of redisBackplane', () => {
  it('are a function, and not what it returns', () => {
    const credentials = { username: 'token', password: 'secret' } as unknown as () => { password: string }
    expect(() => resolveRedisBackplaneOptions({ credentials }))
      .to.throw(
        ConfigurationError,
        'credentials must be a function that returns { username, password }, but is an object.',
      )
      .with.property('option', 'credentials')
  })
})

describe('the names of the options of redisBackplane', () => {
  const mistakes: readonly { readonly options: object; readonly text: string }[] = [
    // It would have let two applications hear each other.
    { options: { prefix: 'MyApp' }, text: "redisBackplane has no option 'prefix': did you mean 'channelPrefix'." },
    {
      options: { channelPrefx: 'A' },
      text: "redisBackplane has no option 'channelPrefx': did you mean 'channelPrefix'.",
    },
    { options: { sendTimeout: 1 }, text: "redisBackplane has no option 'sendTimeout': did you mean 'sendTimeoutMs'." },
    { options: { password: 'x' }, text: "redisBackplane has no option 'password'." },
    {
      options: { clusterNodes: [{ host: 'a', prt: 1 }] },
      text: "redisBackplane has no option 'clusterNodes[0].prt': did you mean 'clusterNodes[0].port'.",
    },
    {
      options: { clusterNodes: ['redis-1:6379'] },
      text: 'clusterNodes[0] must be an object with host, port, but is a text.',
    },
    { options: { channelPrefix: 7 }, text: 'channelPrefix must be a text, but is 7.' },
  ]
  for (const { options, text } of mistakes)
    it(`are known, so it says: ${text}`, () => {
      expect(() => resolveRedisBackplaneOptions(options)).to.throw(ConfigurationError, text)
    })

  it('may be given as undefined, which is not given', () => {
    const { channelPrefix } = resolveRedisBackplaneOptions({ channelPrefix: undefined } as object)
    expect(channelPrefix).to.equal('')
  })
})
