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
          /^url must begin with redis:\/\/ or rediss:\/\/, for example redis:\/\/localhost:6379\.$/,
        )
        .with.property('option', 'url')
    })
  }
})

describe('the credentials of redisBackplane', () => {
  it('are a function, and not what it returns', () => {
    const credentials = { username: 'token', password: 'secret' } as unknown as () => { password: string }
    expect(() => resolveRedisBackplaneOptions({ credentials }))
      .to.throw(ConfigurationError, 'credentials must be a function that returns { username, password }.')
      .with.property('option', 'credentials')
  })
})
