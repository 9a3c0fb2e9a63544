import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { SignalboxServer } from 'signalbox'
import { answerMethod } from './answer-method.js'

const scripts = {
  '/lib/signalr/signalr.js': '@microsoft/signalr/dist/browser/signalr.js',
  '/lib/signalr/signalr-protocol-msgpack.js':
    '@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.js',
  '/lib/signalr-webworker/signalr.js': '@microsoft/signalr/dist/webworker/signalr.js',
}

/** The official browser scripts, from the npm packages, so that pages need no other server. */
export function mapClientScripts(server: SignalboxServer): void {
  const { resolve } = createRequire(import.meta.url)
  for (const [path, file] of Object.entries(scripts)) {
    const readScript = async () => ({
      status: 200,
      headers: { 'Content-Type': 'text/javascript' },
      body: await readFile(resolve(file)),
    })
    server.mapRequest(path, answerMethod('GET', readScript))
  }
}
