import fc from 'fast-check'

/** What can happen to a server while messages are under way, at random: the input of the property tests. */
export type OrderOperation =
  | Send
  | Relay
  | { readonly kind: 'join' | 'leave'; readonly connection: number; readonly group: string }
  /** From its next frame on a socket is slow, until it drains. */
  | { readonly kind: 'slow' | 'drain'; readonly connection: number }
  | { readonly kind: 'turn' }

interface Send {
  readonly kind: 'send'
  readonly audience: Audience
}

/** A client invokes a method that sends and then completes. */
export interface Relay {
  readonly kind: 'relay'
  readonly connection: number
  readonly audience: 'caller' | 'others' | 'all' | 'othersInGroup'
}

/** To whom the application sends; connections by their index in `users`. */
export type Audience =
  | { readonly kind: 'all' }
  | { readonly kind: 'allExcept' | 'clients'; readonly connections: readonly number[] }
  | { readonly kind: 'client'; readonly connection: number }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'groups'; readonly groups: readonly string[] }
  | { readonly kind: 'groupExcept'; readonly group: string; readonly connections: readonly number[] }
  | { readonly kind: 'user'; readonly user: string }
  | { readonly kind: 'users'; readonly users: readonly string[] }

/** The connections of a run, each by the user it belongs to. */
export const users = ['ada', 'ada', 'bob', 'bob', undefined, undefined] as const

/** The group whose members a relay to `othersInGroup` is for. */
export const relayedGroup = 'a'

const connection = fc.nat(users.length - 1)
const connections = fc.array(connection, { maxLength: 4 })
const group = fc.constantFrom(relayedGroup, 'b', 'c')
const user = fc.constantFrom('ada', 'bob', 'nobody')

const audience: fc.Arbitrary<Audience> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('all' as const) }) },
  fc.record({ kind: fc.constantFrom('allExcept' as const, 'clients' as const), connections }),
  fc.record({ kind: fc.constant('client' as const), connection }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('group' as const), group }) },
  fc.record({ kind: fc.constant('groups' as const), groups: fc.uniqueArray(group, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('groupExcept' as const), group, connections }),
  fc.record({ kind: fc.constant('user' as const), user }),
  fc.record({ kind: fc.constant('users' as const), users: fc.array(user, { maxLength: 3 }) }),
)

const operation: fc.Arbitrary<OrderOperation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), audience }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('relay' as const),
      connection,
      audience: fc.constantFrom('caller' as const, 'others' as const, 'all' as const, 'othersInGroup' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), connection, group }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('slow' as const, 'drain' as const), connection }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
)

export const orderOperations = fc.array(operation, { minLength: 1, maxLength: 80 })
