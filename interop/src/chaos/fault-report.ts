import type { FaultResult } from './fault-cycle.js'

/** One fault in a line, and what was wrong below it. */
export function lineOf(result: FaultResult, number: number): string {
  const { fault, subscribedAfterMs, sendingAfterMs, gaps, messages, failedMessages, slowestOwnMs, wrong } = result
  const line = [
    String(number).padStart(4),
    wrong.length === 0 ? 'ok   ' : 'WRONG',
    `subscribed ${inMs(subscribedAfterMs)}, sending ${inMs(sendingAfterMs)}, own clients ${inMs(slowestOwnMs)} ms`,
    `${failedMessages} of ${messages} sends failed`.padEnd(25),
    `${gaps} gaps`,
    `${fault.kind} (${fault.detail})`,
  ].join('  ')
  return [line, ...wrong.slice(0, 10).map(text => `      ${text}`)].join('\n')
}

/** Kind by kind, as a table of Markdown. */
export function tableOf(results: readonly FaultResult[]): string {
  const kinds = [...new Set(results.map(({ fault }) => fault.kind))].sort()
  const rows: [string, readonly FaultResult[]][] = kinds.map(kind => [
    kind,
    results.filter(({ fault }) => fault.kind === kind),
  ])
  rows.push(['all', results])
  const lines = rows.map(([kind, ofKind]) => {
    const sum = (count: (result: FaultResult) => number) => ofKind.reduce((total, each) => total + count(each), 0)
    const cells = [
      kind,
      ofKind.length,
      sum(({ gaps }) => gaps),
      `${sum(({ failedMessages }) => failedMessages)} of ${sum(({ messages }) => messages)}`,
      spread(ofKind.map(({ subscribedAfterMs }) => subscribedAfterMs)),
      spread(ofKind.map(({ sendingAfterMs }) => sendingAfterMs)),
      Math.round(Math.max(...ofKind.map(({ slowestOwnMs }) => slowestOwnMs))),
    ]
    return `| ${cells.join(' | ')} |`
  })
  return [
    '| fault | times | gaps | sends that failed | subscribed again, ms: p50 / p99 / max | sending again, ms: p50 / p99 / max | own clients, ms: max |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
}

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1]!)
  return `${at(0.5)} / ${at(0.99)} / ${at(1)}`
}

const inMs = (value: number): string => String(Math.round(value)).padStart(4)
