/**
 * A program as users write it, for installed.test.mjs: `node server.mjs [uwsHost|nodeHost]` says what it serves on, and
 * where.
 */
import { createServer, Hub, nodeHost, uwsHost } from 'signalbox'

class EchoHub extends Hub {
  static hubMethods = { echo: 1 }

  echo(text) {
    return text
  }
}

const say = text => console.log(text)
const hostFactories = { uwsHost, nodeHost }
const hostFactory = process.argv[2]
const server = createServer({
  logger: { debug() {}, info: say, warn: say, error: say },
  ...(hostFactory === undefined ? {} : { host: hostFactories[hostFactory]() }),
})
server.mapHub('/echo', EchoHub)
process.once('SIGTERM', () => server.close())
console.log(`Listening at ${(await server.listen(0)).url}`)
