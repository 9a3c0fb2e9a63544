/** What a client of the JSON protocol says first. */
export const handshake = '{"protocol":"json","version":1}\x1e'

/** That it may go on. */
export const handshakeAnswer = '{}\x1e'
