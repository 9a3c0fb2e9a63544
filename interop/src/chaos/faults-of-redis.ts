import { cut, type FaultKind, hang, outageMs } from './fault.js'
import { everyNode } from './nodes.js'

export const stopped: FaultKind = random =>
  cut({
    kind: 'Redis stopped and started',
    durationMs: outageMs(random),
    nodes: everyNode,
    begin: ({ redis }) => redis.stop(),
    end: ({ redis }) => redis.resume(),
  })

export const frozen: FaultKind = random =>
  hang({
    kind: 'Redis frozen (SIGSTOP)',
    durationMs: outageMs(random),
    nodes: everyNode,
    begin: ({ redis }) => redis.freeze(),
    end: ({ redis }) => {
      redis.thaw()
      return redis.admin.ping()
    },
  })

export const paused: FaultKind = random => {
  const durationMs = outageMs(random)
  return hang({
    kind: 'CLIENT PAUSE',
    durationMs,
    nodes: everyNode,
    begin: ({ redis }) => redis.admin.client('PAUSE', String(durationMs), 'ALL'),
    end: ({ redis }) => redis.admin.ping(),
  })
}

export const asleep: FaultKind = random => {
  const durationMs = outageMs(random)
  return hang({
    kind: 'DEBUG SLEEP',
    durationMs,
    nodes: everyNode,
    begin: ({ redis }) => {
      // Answered when it has slept.
      redis.admin.call('DEBUG', 'SLEEP', String(durationMs / 1000)).catch(() => {})
    },
    end: ({ redis }) => redis.admin.ping(),
  })
}
