/** Whom a send is for: by connection ids, group names or user ids. */
export type Audience =
  | { readonly all: true; readonly except?: readonly string[] }
  /** A repeated id gets one copy. A send to one id may wait for a receiver that is slow, unlike sends to many. */
  | { readonly clients: readonly string[] }
  /** A member of two of the groups gets two copies. */
  | { readonly groups: readonly string[]; readonly except?: readonly string[] }
  /** Every connection of each user; a repeated user gets one copy. */
  | { readonly users: readonly string[] }

/**
 * What belongs to one send. There is no such option yet; one that comes is honoured by every lifetime manager, or
 * documented where it is not.
 */
export type SendOptions = Readonly<Record<string, never>>

/** Each name once, in the order of the first. */
export function distinct(names: readonly string[]): Iterable<string> {
  return names.length < 2 ? names : new Set(names)
}
