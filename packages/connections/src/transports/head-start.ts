/**
 * The requests of one client come and go on several TCP connections, and nothing orders those. Within this time, in milliseconds, they count as sent at
 * once: a second goodbye is answered as the first, and the 404 of a POST does not overtake the Close that says why.
 */
export const headStartMs = 50
