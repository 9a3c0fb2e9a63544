import type { Check } from './check.js'
import { within } from './drivers/deadline.js'
import { createAgent } from './drivers/http-exchange.js'
import { EarlyEnd } from './early-end.js'
import { LastingServer } from './lasting-server.js'
import { deviationOf, type ReferenceServerName, type ServerProgram, serverArguments } from './reference-servers.js'
import { type Product, ServerUnderTest, type Terminate } from './server-under-test.js'

export interface CheckResult {
  readonly check: Check
  readonly error: unknown
  readonly passed: boolean
  readonly durationMs: number
  /** There when this is the result of a second try: why the first one failed. */
  readonly firstError?: unknown
}

type OnResult = (result: CheckResult) => void

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

/** Checks that can share a server, by the server's flags. */
export function groupByServer(checks: readonly Check[], product: ReferenceServerName): Map<string, Check[]> {
  const groups = new Map<string, Check[]>()
  for (const check of checks) {
    const key = serverArguments(check, product).join(' ')
    const group = groups.get(key)
    if (group) group.push(check)
    else groups.set(key, [check])
  }
  return groups
}

/** Starts one server for each group, a few at a time, and runs the group's checks on it. */
export async function runOnProgram(program: ServerProgram, checks: readonly Check[]): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  await runGroups(program, checks, result => results.push(result))
  const order = new Map(checks.map((check, at) => [check, at]))
  return results.sort((a, b) => order.get(a.check)! - order.get(b.check)!)
}

/** The first check that fails, whatever the others would have said; undefined when all of them pass. */
export async function findFailure(program: ServerProgram, checks: readonly Check[]): Promise<CheckResult | undefined> {
  const end = new EarlyEnd()
  let failure: CheckResult | undefined
  const onResult = (result: CheckResult) => {
    if (result.passed || failure) return
    failure = result
    end.ask()
  }
  await runGroups(program, checks, onResult, end)
  return failure
}

export async function runOnUrl(url: string, product: Product, checks: readonly Check[]): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  const target = () => Promise.resolve({ url, endedBy: () => undefined })
  await runAll(target, product, checks, result => results.push(result))
  return results
}

async function runGroups(
  program: ServerProgram,
  checks: readonly Check[],
  onResult: OnResult,
  end?: EarlyEnd,
): Promise<void> {
  // The largest group takes longest, so it goes first.
  const groups = [...groupByServer(checks, program.product).values()].sort((a, b) => b.length - a.length)
  await runPool(groups, serversAtOnce, group => runGroup(program, group, onResult, end), end)
}

async function runGroup(
  { command, product }: ServerProgram,
  group: readonly Check[],
  onResult: OnResult,
  end: EarlyEnd | undefined,
): Promise<void> {
  const server = new LastingServer([...command, '--port', '0', ...serverArguments(group[0]!, product)])
  try {
    await server.running()
  } catch (error) {
    for (const check of group) onResult({ check, error, passed: false, durationMs: 0 })
    return
  }
  try {
    const all = runAll(() => server.running(), product, group, onResult, end)
    await (end ? Promise.race([all, end.asked]) : all)
  } finally {
    await server.stop()
  }
}

async function runAll(
  target: () => Promise<Target>,
  product: Product,
  checks: readonly Check[],
  onResult: OnResult,
  end?: EarlyEnd,
): Promise<void> {
  const run = async (check: Check) => onResult(await runCheck(await target(), product, check))
  const together = checks.filter(check => !check.alone)
  const alone = checks.filter(check => check.alone)
  await runPool(together, checksAtOnce, run, end)
  await runPool(alone, 1, run, end)
}

async function runCheck(target: Target, product: Product, check: Check): Promise<CheckResult> {
  const start = performance.now()
  const finish = (error?: unknown): CheckResult => {
    return { check, error, passed: error === undefined, durationMs: performance.now() - start }
  }
  const deviation = deviationOf(check, product)
  if (deviation !== undefined) {
    const error = await attempt(target, product, check, deviation.run)
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

/** Runs the work on a few items at once, and begins no more of them once it shall end. */
async function runPool<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
  end: EarlyEnd | undefined,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length && !end?.isAsked) await work(items[next++]!)
  }
  await Promise.all(Array.from({ length: limit }, worker))
}
