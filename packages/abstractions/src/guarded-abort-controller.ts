import { defaultMaxListeners, getMaxListeners, setMaxListeners } from 'node:events'

/**
 * An AbortController whose listeners may throw: user code listens, and Node ends the process for an event listener that
 * throws.
 * @param onListenerError - gets what a listener threw.
 */
export function createGuardedAbortController(onListenerError: (error: unknown) => void): AbortController {
  const controller = new AbortController()
  const { signal } = controller
  takeAnyNumberOfListeners(signal)
  const guarded = new WeakMap<object, EventListenerOrEventListenerObject>()
  const guard = (listener: EventListenerOrEventListenerObject): EventListenerOrEventListenerObject => {
    const known = guarded.get(listener)
    if (known !== undefined) return known
    const safe = (event: Event) => {
      try {
        if (typeof listener === 'function') listener.call(signal, event)
        else listener.handleEvent(event)
      } catch (error) {
        onListenerError(error)
      }
    }
    guarded.set(listener, safe)
    return safe
  }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  Object.assign(signal, {
    addEventListener: (
      type: string,
      listener: EventListenerOrEventListenerObject | null,
      options?: AddEventListenerOptions,
    ) => (listener === null ? undefined : add(type, guard(listener), options)),
    removeEventListener: (
      type: string,
      listener: EventListenerOrEventListenerObject | null,
      options?: EventListenerOptions,
    ) => (listener === null ? undefined : remove(type, guard(listener), options)),
  })
  return controller
}

/**
 * Node warns of a leak at eleven, which is what a signal has that many calls listen to. A limit that somebody has set
 * stays.
 */
export function takeAnyNumberOfListeners(signal: AbortSignal): void {
  if (getMaxListeners(signal) === defaultMaxListeners) setMaxListeners(0, signal)
}

type EventListenerOrEventListenerObject = ((event: Event) => void) | { handleEvent(event: Event): void }
type AddEventListenerOptions = Parameters<AbortSignal['addEventListener']>[2]
type EventListenerOptions = Parameters<AbortSignal['removeEventListener']>[2]
