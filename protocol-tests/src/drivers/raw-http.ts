import { connect, type Socket } from 'node:net'

/** HTTP by hand, for requests that no HTTP library would send. */
export function openTcp(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.on('error', reject)
  })
}

/** The bytes of a request's head; the body is the caller's business. */
export function requestHead(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ Host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** What has come from the server when the text is in it. */
export function readTo(socket: Socket, last: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', chunk => {
      text += chunk
      if (text.includes(last)) resolve(text)
    })
    socket.on('close', () => reject(new Error(`TCP ended behind ${JSON.stringify(text)}`)))
  })
}
