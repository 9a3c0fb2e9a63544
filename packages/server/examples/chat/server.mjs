// A chat over Signalbox. Run it with `npm start` in the repository, or `node server.mjs` once the packages are built.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer, Hub, HubException } from 'signalbox'

/** Who is here: { id, name, transport } by connection id. */
const people = new Map()

class ChatHub extends Hub {
  // Clients can call the methods named here and no others; the number says how many arguments a method takes.
  static hubMethods = { send: 1, setTyping: 1 }

  async onConnected() {
    const { connectionId: id, httpRequest, features, items } = this.context
    const name = httpRequest.query('user')?.trim().slice(0, 24) || 'Anonymous'
    const person = { id, name, transport: features.transport }
    items.set('person', person)
    people.set(id, person)
    await this.clients.caller.welcome([...people.values()])
    await this.clients.others.joined(person)
  }

  async onDisconnected() {
    const person = this.context.items.get('person')
    people.delete(person.id)
    await this.clients.others.left(person)
  }

  async send(text) {
    if (typeof text !== 'string' || text.trim() === '' || text.length > 500) {
      throw new HubException('A message has 1 to 500 characters.') // This text reaches the caller.
    }
    await this.clients.all.messageReceived(this.context.items.get('person'), text)
  }

  async setTyping(isTyping) {
    await this.clients.others.typingChanged(this.context.items.get('person'), isTyping === true)
  }
}

const server = createServer()
server.mapHub('/chat', ChatHub)

const besideThis = name => new URL(name, import.meta.url)
const files = {
  '/': [besideThis('index.html'), 'text/html; charset=utf-8'],
  '/chat.css': [besideThis('chat.css'), 'text/css; charset=utf-8'],
  '/chat.js': [besideThis('chat.js'), 'text/javascript; charset=utf-8'],
  '/lib/signalr.js': [
    createRequire(import.meta.url).resolve('@microsoft/signalr/dist/browser/signalr.js'),
    'text/javascript; charset=utf-8',
  ],
}
for (const [path, [file, contentType]] of Object.entries(files)) {
  server.mapRequest(path, async () => ({
    status: 200,
    headers: { 'Content-Type': contentType },
    body: await readFile(file),
  }))
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close())

const port = Number(process.env.PORT ?? 5000)
try {
  const { port: actualPort } = await server.listen(port)
  console.log(`The chat is at http://localhost:${actualPort} (Ctrl-C ends it)`)
} catch (error) {
  console.error(`${error.message} Choose another port, for example PORT=5001.`)
  process.exitCode = 1
}
