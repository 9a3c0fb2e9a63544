/**
 * What is measured, as data. `load` becomes the options of sigload (`sigload --help`); README.md says why these.
 *
 * @typedef {object} Scenario
 * @property {string} id - the name for --only.
 * @property {string} title
 * @property {'message' | 'delivery' | 'cycle' | 'connection'} per - what the costs are divided by.
 * @property {{ mode: 'echo' | 'broadcast' | 'churn' | 'idle', [option: string]: string | number }} load
 * @property {true} [freshProcess] - measured in a server process that has served nobody before, without a warm-up.
 */

const SMALL = 32
const LARGE = 16 * 1024

/** Memory is read after the connections have been quiet for so long; waiting longer did not change it. */
const QUIET_SECONDS = 5

/**
 * @param {{ idleConnections: number, sources: number }} options
 * @returns {Scenario[]}
 */
export function scenariosFor({ idleConnections, sources }) {
  return [
    {
      id: 'echo-1',
      title: 'Echo: 100 connections, 1 call in flight on each, 32 bytes',
      per: 'message',
      load: { mode: 'echo', conns: 100, window: 1, payload: SMALL },
    },
    {
      id: 'echo-8',
      title: 'Echo: 100 connections, 8 calls in flight on each, 32 bytes',
      per: 'message',
      load: { mode: 'echo', conns: 100, window: 8, payload: SMALL },
    },
    {
      id: 'echo-16k',
      title: 'Echo: 100 connections, 1 call in flight on each, 16 KiB',
      per: 'message',
      load: { mode: 'echo', conns: 100, window: 1, payload: LARGE },
    },
    {
      id: 'broadcast-1',
      title: 'Broadcast to 1,000 connections: 1 sender with 1 in flight, 32 bytes',
      per: 'delivery',
      load: { mode: 'broadcast', conns: 1000, senders: 1, window: 1, payload: SMALL },
    },
    {
      id: 'broadcast-64',
      title: 'Broadcast to 1,000 connections, saturated: 8 senders with 8 in flight each, 32 bytes',
      per: 'delivery',
      load: { mode: 'broadcast', conns: 1000, senders: 8, window: 8, payload: SMALL },
    },
    {
      id: 'churn',
      title: 'Churn: connect, handshake, one echo, gone; 50 at once',
      per: 'cycle',
      load: { mode: 'churn', conns: 50, window: 1, payload: SMALL },
    },
    {
      id: 'idle',
      title: `Idle: ${idleConnections.toLocaleString('en')} connections`,
      per: 'connection',
      load: { mode: 'idle', conns: idleConnections, sources, seconds: QUIET_SECONDS },
      freshProcess: true,
    },
  ]
}
