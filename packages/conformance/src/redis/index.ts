export { freePort, type Listener, needsRedis, RedisServer, startRedis, useRedisServer } from './redis-server.js'
export { TcpProxy } from './tcp-proxy.js'
