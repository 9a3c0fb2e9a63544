export { BackplaneError, type BackplaneErrorCode } from '@signalbox/cluster'
export { type RedisBackplane, redisBackplane } from './redis-backplane.js'
export type { RedisAddress, RedisBackplaneOptions, RedisCredentials } from './redis-backplane-options.js'
export type { RedisHealth } from './redis-health.js'
