import { type Host, nodeHost, uwsHost } from 'signalbox'

/** A host of Signalbox. */
export interface HostKind {
  /** As the reference server's `--host` takes it. */
  readonly name: 'uws' | 'node'
  /** As it calls itself. */
  readonly title: string
  /** The function of the package `signalbox` that makes it. */
  readonly factory: 'uwsHost' | 'nodeHost'
  /**
   * The code it sends to a client whose close frame has none; 1005 stands for none. See docs/deviations.md, "By the
   * host".
   */
  readonly answerToEmptyClose: 1000 | 1005
  create(): Host
}

const everyHost: readonly HostKind[] = [
  { name: 'uws', title: 'uWebSockets.js', factory: 'uwsHost', answerToEmptyClose: 1005, create: uwsHost },
  { name: 'node', title: 'node:http', factory: 'nodeHost', answerToEmptyClose: 1000, create: nodeHost },
]

/**
 * Those that tests run on: all of them, or those that `SIGNALBOX_TEST_HOSTS` names, for example `node` where
 * uWebSockets.js has no binary.
 */
export const hostKinds: readonly HostKind[] = chooseHosts(process.env['SIGNALBOX_TEST_HOSTS'])

function chooseHosts(names: string | undefined): readonly HostKind[] {
  if (names === undefined) return everyHost
  return names.split(',').map(name => {
    const kind = everyHost.find(each => each.name === name)
    if (kind === undefined) throw new Error(`SIGNALBOX_TEST_HOSTS=${names}: the hosts are uws and node.`)
    return kind
  })
}

/** The same tests on every host. */
export function describeOnEachHost(title: string, define: (this: Mocha.Suite, host: HostKind) => void): void {
  for (const host of hostKinds)
    describe(`${title}, on ${host.title}`, function () {
      define.call(this, host)
    })
}
