export { type NodeHostOptions, nodeHost } from './node-host.js'
export type { NodeServer } from './node-server.js'
