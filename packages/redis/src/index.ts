export { BackplaneError, type BackplaneErrorCode } from '@signalbox/cluster'
export { type RedisBackplane, type RedisHealth, redisBackplane } from './redis-backplane.js'
export type { RedisAddress, RedisBackplaneOptions, RedisCredentials } from './redis-backplane-options.js'
