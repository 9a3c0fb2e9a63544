export { type NodeHostOptions, type NodeServer, nodeHost } from './node-host.js'
