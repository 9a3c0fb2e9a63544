import { readFileSync } from 'node:fs'

/** What two nodes of ASP.NET Core 10 published. */
export interface CapturedPayload {
  readonly channel: string
  readonly kind: string
  readonly description: string
  readonly payload: Buffer
}

/**
 * @source Observed: ASP.NET Core 10.0.12 with Microsoft.AspNetCore.SignalR.StackExchangeRedis 10.0.15; the first line
 *   says how.
 */
export function capturedPayloads(): CapturedPayload[] {
  const path = new URL('../../src/cluster/redis-captures.jsonl', import.meta.url)
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n')
  return lines.map(line => {
    const { hex, ...rest } = JSON.parse(line) as Omit<CapturedPayload, 'payload'> & { hex: string }
    return { ...rest, payload: Buffer.from(hex, 'hex') }
  })
}
