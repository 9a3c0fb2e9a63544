import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { within } from '../clients/deadline.js'
import { findFreePort } from '../processes/free-port.js'
import { atPorts, change, configurationOf } from './page.js'
import { ProxyProcess } from './proxy-process.js'

const statusSocket = 'status.sock'

/** HAProxy with the configuration of the page, on a free port. */
export class HaProxy {
  readonly url: string
  readonly #process: ProxyProcess

  private constructor(process: ProxyProcess) {
    this.url = process.url
    this.#process = process
  }

  /** @param ports - those of the configuration, and where its servers really listen. */
  static async start(
    ports: Readonly<Record<number, number>>,
    changes: Readonly<Record<string, string>>,
  ): Promise<HaProxy> {
    const port = await findFreePort()
    const ownPort = { 'bind :80': `bind 127.0.0.1:${port}` }
    const configuration = change(configurationOf('haproxy.cfg'), { ...atPorts(ports), ...ownPort, ...changes })
    const files = { 'haproxy.cfg': `global\n  stats socket unix@${statusSocket}\n${configuration}` }
    return new HaProxy(
      await ProxyProcess.start('haproxy', `http://127.0.0.1:${port}`, files, folder => [
        ...['-C', folder],
        ...['-db', '-f', 'haproxy.cfg'],
      ]),
    )
  }

  /**
   * What the checks of the servers came to, once all have been checked: `L7OK`. HAProxy does not tell, so it is asked
   * again and again.
   */
  statusOfChecks(): Promise<readonly string[]> {
    const known = async (): Promise<readonly string[]> => {
      const checks = await this.#checks()
      if (checks.every(check => check !== '' && check !== 'INI')) return checks
      await new Promise(resolve => setTimeout(resolve, 50))
      return known()
    }
    return within(known(), 'HAProxy to check its servers')
  }

  async #checks(): Promise<readonly string[]> {
    const socket = connect(join(this.#process.folder, statusSocket))
    socket.write('show stat\n')
    const [head = '', ...rows] = (await text(socket)).trim().split('\n')
    const columns = head.replace('# ', '').split(',')
    const cell = (row: string, column: string) => row.split(',')[columns.indexOf(column)] ?? ''
    return rows.filter(row => ['a', 'b'].includes(cell(row, 'svname'))).map(row => cell(row, 'check_status'))
  }

  stop(): Promise<void> {
    return this.#process.stop()
  }
}
