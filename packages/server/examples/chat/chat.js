// The page of the chat: what it shows comes from the hub's calls (welcome, joined, left, messageReceived, typingChanged).
// Everything people wrote goes into the page as text, never as HTML.

const signalR = globalThis.signalR
const byId = id => document.getElementById(id)
const people = new Map()
const typing = new Set()
let connection

function connect(name, transport) {
  const options = transport === 'auto' ? {} : { transport: signalR.HttpTransportType[transport] }
  const built = new signalR.HubConnectionBuilder()
    .withUrl(`/chat?user=${encodeURIComponent(name)}`, options)
    // The default gives up after four tries; a chat that is left open overnight should not.
    .withAutomaticReconnect({
      nextRetryDelayInMilliseconds: retry => Math.min(250 * 2 ** retry.previousRetryCount, 8000),
    })
    .configureLogging(signalR.LogLevel.Warning)
    .build()

  built.on('welcome', everyone => {
    saidTyping = false
    people.clear()
    typing.clear()
    for (const person of everyone) people.set(person.id, person)
    showPeople()
    showTyping()
  })
  built.on('joined', person => {
    people.set(person.id, person)
    showPeople()
    addNotice(`${person.name} joined`)
  })
  built.on('left', person => {
    people.delete(person.id)
    typing.delete(person.id)
    showPeople()
    showTyping()
    addNotice(`${person.name} left`)
  })
  built.on('messageReceived', (person, text) => {
    typing.delete(person.id)
    showTyping()
    addMessage(person, text)
  })
  built.on('typingChanged', (person, isTyping) => {
    if (isTyping) typing.add(person.id)
    else typing.delete(person.id)
    showTyping()
  })
  built.onreconnecting(() => showState('reconnecting', 'Reconnecting…'))
  built.onreconnected(() => showState('connected', 'Connected'))
  built.onclose(error => {
    showState('disconnected', 'Not connected')
    showRoom(false)
    byId('join-error').textContent = error ? `The connection ended: ${error.message}` : ''
  })
  return built
}

byId('join').addEventListener('submit', async event => {
  event.preventDefault()
  const { name, transport } = Object.fromEntries(new FormData(event.target))
  const button = event.submitter ?? event.target.querySelector('button')
  button.disabled = true
  byId('join-error').textContent = ''
  byId('messages').replaceChildren()
  showState('connecting', 'Connecting…')
  try {
    connection = connect(name, transport)
    await connection.start()
    showState('connected', 'Connected')
    showRoom(true)
  } catch (error) {
    showState('disconnected', 'Not connected')
    byId('join-error').textContent = `Could not connect: ${error.message}`
  } finally {
    button.disabled = false
  }
})

byId('leave').addEventListener('click', () => connection.stop())

byId('composer').addEventListener('submit', async event => {
  event.preventDefault()
  const text = byId('text').value.trim()
  if (text === '') return
  byId('text').value = ''
  sayTyping(false)
  try {
    await connection.invoke('send', text)
  } catch (error) {
    byId('text').value = text
    addNotice(`Not sent: ${error.message}`)
  }
})

let saidTyping = false
let typingTimer
byId('text').addEventListener('input', () => {
  clearTimeout(typingTimer)
  sayTyping(byId('text').value !== '')
  typingTimer = setTimeout(() => sayTyping(false), 4000)
})

/** Tells the others once per change, not once per key. */
function sayTyping(isTyping) {
  if (isTyping === saidTyping || connection.state !== signalR.HubConnectionState.Connected) return
  saidTyping = isTyping
  connection.send('setTyping', isTyping).catch(() => {})
}

function showState(state, words) {
  byId('state').dataset.state = state
  byId('state').textContent = words
  const isConnected = state === 'connected'
  byId('text').disabled = !isConnected
  byId('composer').querySelector('button').disabled = !isConnected
}

function showRoom(isJoined) {
  byId('join').hidden = isJoined
  byId('room').hidden = !isJoined
  byId('leave').hidden = !isJoined
  byId(isJoined ? 'text' : 'name').focus()
}

function showPeople() {
  byId('people').replaceChildren(...[...people.values()].map(personItem))
}

function personItem(person) {
  const item = element('li', { testId: 'person' })
  const transport = transportNames[person.transport] ?? person.transport
  const isMe = person.id === connection.connectionId
  const words = element('span', { className: 'who' })
  words.append(
    element('span', { className: 'name', text: person.name }),
    element('span', { className: 'transport', text: isMe ? `${transport} · you` : transport }),
  )
  item.append(avatar(person), words)
  return item
}

const transportNames = {
  WebSockets: 'WebSockets',
  ServerSentEvents: 'Server-Sent Events',
  LongPolling: 'Long polling',
}

function showTyping() {
  const names = [...typing].map(id => people.get(id)?.name).filter(Boolean)
  const verb = names.length === 1 ? 'is' : 'are'
  byId('typing').textContent = names.length === 0 ? '' : `${names.join(', ')} ${verb} typing…`
}

function addMessage(person, text) {
  const isMine = person.id === connection.connectionId
  const item = element('li', { className: isMine ? 'message mine' : 'message', testId: 'message' })
  const bubble = element('div', { className: 'bubble' })
  const head = element('p', { className: 'head' })
  head.append(element('b', { text: person.name }), timeNow())
  bubble.append(head, element('p', { className: 'text', text, testId: 'message-text' }))
  item.append(avatar(person), bubble)
  addLine(item)
}

function addNotice(text) {
  addLine(element('li', { className: 'notice', text, testId: 'notice' }))
}

/** Appends to the log, and scrolls along unless the reader has scrolled up. */
function addLine(item) {
  const log = byId('log')
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60
  byId('messages').append(item)
  if (isAtEnd) log.scrollTop = log.scrollHeight
}

function timeNow() {
  const now = new Date()
  const time = element('time', { text: now.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) })
  time.dateTime = now.toISOString()
  return time
}

/** A disc with the first letter, in a colour that follows from the name. */
function avatar(person) {
  const disc = element('span', { className: 'avatar', text: [...person.name][0].toUpperCase() })
  disc.ariaHidden = 'true'
  const hue = [...person.name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7)
  disc.style.setProperty('--hue', hue)
  return disc
}

function element(tag, { className = '', text = '', testId } = {}) {
  const made = document.createElement(tag)
  made.className = className
  made.textContent = text
  if (testId) made.dataset.testid = testId
  return made
}

showState('disconnected', 'Not connected')
byId('name').focus()
