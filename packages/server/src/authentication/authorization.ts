import { ConfigurationError } from '@signalbox/abstractions'
import { type AuthorizationPolicy, classAuthorizationOf, type HubClass, type HubRuntime } from '@signalbox/hubs'

/**
 * Who may come in: any authenticated user (true), or whom all of the named policies let pass.
 * @source AuthorizeAttribute
 */
export type AuthorizationRequirement = true | string | readonly string[]

/** A policy, and what it is called in the log. */
export interface NamedPolicy {
  readonly name: string
  readonly isMet: AuthorizationPolicy
}

export type AuthorizationPolicies = Readonly<Record<string, AuthorizationPolicy>>

/**
 * What all of several requirements come to.
 * @returns undefined when there is none: anybody may come in.
 * @throws ConfigurationError for a policy nobody has defined.
 */
export function policiesOf(
  requirements: readonly (AuthorizationRequirement | undefined)[],
  policies: AuthorizationPolicies | undefined,
): readonly NamedPolicy[] | undefined {
  const demanded = requirements.filter(requirement => requirement !== undefined)
  if (demanded.length === 0) return undefined
  return demanded.flatMap(requirement =>
    requirement === true ? [] : [requirement].flat().map(name => ({ name, isMet: policyNamed(name, policies) })),
  )
}

/** What `@authorize` demands on a hub class and on those it extends: a guarded base guards every hub made of it. */
export function requirementsOfClass(hubClass: HubClass): readonly (AuthorizationRequirement | undefined)[] {
  const requirements: (AuthorizationRequirement | undefined)[] = []
  for (let type: object | null = hubClass; type !== null; type = Object.getPrototypeOf(type) as object | null)
    requirements.push(classAuthorizationOf(type))
  return requirements
}

/** @throws ConfigurationError for a method that names a policy nobody has defined. */
export function checkMethodPolicies({ descriptor }: HubRuntime, policies: AuthorizationPolicies | undefined): void {
  for (const { authorize } of descriptor.methods) policiesOf([authorize], policies)
}

function policyNamed(name: string, policies: AuthorizationPolicies | undefined): AuthorizationPolicy {
  const policy = policies !== undefined && Object.hasOwn(policies, name) ? policies[name] : undefined
  if (policy !== undefined) return policy
  const known = Object.keys(policies ?? {}).join(', ')
  throw new ConfigurationError('policies', `There is no policy '${name}'; there are: ${known === '' ? 'none' : known}.`)
}
