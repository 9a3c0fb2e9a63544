import type { Check } from './check.js'
import { within } from './drivers/deadline.js'
import { createAgent } from './drivers/http-exchange.js'
import { LastingServer } from './lasting-server.js'
import { type ReferenceServerName, serverArguments } from './reference-servers.js'
import { type Product, ServerUnderTest, type Terminate } from './server-under-test.js'

export interface CheckResult {
  readonly check: Check
  readonly error: unknown
  readonly passed: boolean
  readonly durationMs: number
}

/** Where a check finds its server, and how that ended if the check brought it down. */
interface Target {
  readonly url: string
  readonly endedBy: () => string | undefined
  readonly terminate?: Terminate
}

/** Checks are mostly waiting; more of them at once would measure this machine rather than the server. */
const checksAtOnce = 8
const serversAtOnce = 2
const defaultTimeoutMs = 30_000

/** Checks that can share a server, by the server's command line. */
export function groupByServer(checks: readonly Check[]): Map<string, Check[]> {
  const groups = new Map<string, Check[]>()
  for (const check of checks) {
    const key = serverArguments(check).join(' ')
    const group = groups.get(key)
    if (group) group.push(check)
    else groups.set(key, [check])
  }
  return groups
}

/** Starts one server for each group, a few at a time, and runs the group's checks on it. */
export async function runOnReferenceServer(
  name: ReferenceServerName,
  checks: readonly Check[],
): Promise<CheckResult[]> {
  // The largest group takes longest, so it goes first.
  const groups = [...groupByServer(checks).values()].sort((a, b) => b.length - a.length)
  const results = await runPool(groups, serversAtOnce, group => runGroup(name, group))
  return results.flat()
}

export function runOnUrl(url: string, product: Product, checks: readonly Check[]): Promise<CheckResult[]> {
  return runAll(() => Promise.resolve({ url, endedBy: () => undefined }), product, checks)
}

async function runGroup(name: ReferenceServerName, group: readonly Check[]): Promise<CheckResult[]> {
  const server = new LastingServer(name, serverArguments(group[0]!))
  try {
    await server.running()
  } catch (error) {
    return group.map(check => ({ check, error, passed: false, durationMs: 0 }))
  }
  try {
    return await runAll(() => server.running(), name, group)
  } finally {
    await server.stop()
  }
}

async function runAll(
  target: () => Promise<Target>,
  product: Product,
  checks: readonly Check[],
): Promise<CheckResult[]> {
  const together = checks.filter(check => !check.alone)
  const alone = checks.filter(check => check.alone)
  return [
    ...(await runPool(together, checksAtOnce, async check => runCheck(await target(), product, check))),
    ...(await runPool(alone, 1, async check => runCheck(await target(), product, check))),
  ]
}

async function runCheck(target: Target, product: Product, check: Check): Promise<CheckResult> {
  const start = performance.now()
  const finish = (error?: unknown): CheckResult => {
    return { check, error, passed: error === undefined, durationMs: performance.now() - start }
  }
  if (check.deviation && product !== 'dotnet') {
    const error = await attempt(target, product, check, check.deviation.run)
    if (error === undefined) return finish()
  }
  return finish(await attempt(target, product, check, check.run))
}

/** The error, or undefined for success. */
async function attempt(target: Target, product: Product, check: Check, run: Check['run']): Promise<unknown> {
  const agent = createAgent()
  const server = new ServerUnderTest(target.url, product, agent, target.terminate)
  try {
    await within(run(server), 'the check to end', check.timeoutMs ?? defaultTimeoutMs)
    return undefined
  } catch (error) {
    const end = target.endedBy()
    if (end !== undefined && !check.endsServer)
      return new Error(`${error}\nThe server ended during this check or one beside it: ${end}`)
    return error ?? new Error('The check failed without an error')
  } finally {
    await server.dispose()
    agent.destroy()
  }
}

/** Runs the work on a few items at once; the results keep the order of the items. */
async function runPool<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await work(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: limit }, worker))
  return results
}
