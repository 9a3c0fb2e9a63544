// Two people, each connected to another server of the cluster.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack'

/** Runs it and prints who sees what. */
export async function converse(nodeUrl, dotnetUrl) {
  const ann = await connect('ann', `${nodeUrl}/chat`)
  const bob = await connect('bob', `${dotnetUrl}/chat`, new MessagePackHubProtocol())
  await ann.connection.invoke('Join', 'lobby')
  await ann.connection.invoke('Invite', bob.connection.connectionId, 'lobby')
  await say(ann, [ann, bob], 'Hello, Bob!')
  await say(bob, [ann, bob], 'Hello, Ann!')
  console.log(`bob asks ann, who answers: ${await bob.connection.invoke('Ask', ann.connection.connectionId, 'Tea?')}`)
  console.log(`ann asks bob, who answers: ${await ann.connection.invoke('Ask', bob.connection.connectionId, 'Milk?')}`)
  await Promise.all([ann.connection.stop(), bob.connection.stop()])
}

async function connect(name, url, protocol) {
  const builder = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.Warning)
  const connection = (protocol === undefined ? builder : builder.withHubProtocol(protocol)).build()
  connection.on('Answer', question => `${question} Yes, please, says ${name}.`)
  await connection.start()
  return { name, connection }
}

/** Resolves when all of them have been told. */
async function say(speaker, listeners, text) {
  const told = listeners.map(({ name, connection }) => {
    return new Promise(resolve => {
      connection.on('Said', (from, heard) => resolve(`${name} hears ${from}: ${heard}`))
    }).finally(() => connection.off('Said'))
  })
  await speaker.connection.invoke('Say', 'lobby', speaker.name, text)
  for (const line of await Promise.all(told)) console.log(line)
}
