export { writeInvocation } from '../redis-protocol.js'
export { needsRedis, RedisServer } from './redis-server.js'
export { TcpProxy } from './tcp-proxy.js'
