export { type UwsHostOptions, uwsHost } from './uws-host.js'
