import { type Clock, createGuardedAbortController, type Logger, RecurringLog } from '@signalbox/abstractions'
import type { HubProtocol } from '@signalbox/protocol'
import type { ClientProxy, ReportSendFailure, UntypedClient } from './authoring/client-proxy.js'
import { type HubClients, LifetimeManagerClients } from './authoring/hub-clients.js'
import type { GroupManager, HubContext } from './authoring/hub-context.js'
import { type HubClass, HubDescriptor } from './authoring/hub-descriptor.js'
import { requireString } from './dispatch/argument-errors.js'
import { HubFailureLog } from './dispatch/hub-failure-log.js'
import { composeExtensions, type HubExtension, type HubHooks } from './hub-extension.js'
import { HubRefusals } from './hub-refusals.js'
import type { HubTelemetry } from './hub-telemetry.js'
import type { HubLifetimeManager } from './lifetime/hub-lifetime-manager.js'
import { CheckedMembership } from './membership/checked-membership.js'

/** What every connection of one hub class shares, wherever the class is mapped. */
export class HubRuntime {
  readonly hubClass: HubClass
  readonly descriptor: HubDescriptor
  readonly manager: HubLifetimeManager
  readonly protocols: readonly HubProtocol[]
  readonly logger: Logger
  readonly recurringLog: RecurringLog
  readonly refusals: HubRefusals
  readonly failures: HubFailureLog
  readonly reportSendFailure: ReportSendFailure
  readonly clock: Clock
  readonly telemetry: HubTelemetry | undefined
  /** What extensions have to say, composed. */
  readonly hooks: HubHooks
  readonly clients: HubClients
  readonly allClients: ClientProxy<UntypedClient>
  readonly groups: GroupManager
  /** What applications get of all this. */
  readonly context: HubContext
  readonly createAbortController: () => AbortController

  /** @throws ConfigurationError when the class declares something that cannot be a hub method. */
  constructor(
    hubClass: HubClass,
    manager: HubLifetimeManager,
    protocols: readonly HubProtocol[],
    logger: Logger,
    clock: Clock,
    telemetry?: HubTelemetry,
    recurringLog = new RecurringLog(logger),
    extensions: readonly HubExtension[] = [],
  ) {
    this.hubClass = hubClass
    this.descriptor = new HubDescriptor(hubClass)
    this.manager = manager
    this.protocols = protocols
    this.logger = logger
    this.clock = clock
    this.telemetry = telemetry
    this.hooks = composeExtensions(extensions, recurringLog)
    this.recurringLog = recurringLog
    this.refusals = new HubRefusals(this.descriptor.name, recurringLog)
    this.failures = new HubFailureLog(this.descriptor.name, logger, recurringLog)
    this.reportSendFailure = (target, error) => this.failures.sendFailed(target, error)
    this.clients = new LifetimeManagerClients(manager, this.reportSendFailure)
    this.allClients = this.clients.all
    this.createAbortController = () =>
      createGuardedAbortController(error =>
        logger.error(`${this.descriptor.name}: a listener of an abort signal failed.`, error),
      )
    this.groups = {
      addToGroup: async (connectionId, groupName) => {
        requireString('connectionId', connectionId)
        requireString('groupName', groupName)
        await manager.addToGroup(connectionId, groupName)
      },
      removeFromGroup: async (connectionId, groupName) => {
        requireString('connectionId', connectionId)
        requireString('groupName', groupName)
        await manager.removeFromGroup(connectionId, groupName)
      },
    }
    const membership = new CheckedMembership(manager.membership, error =>
      this.failures.failed(`${this.descriptor.name}: a listener of membership`, error),
    )
    this.context = Object.freeze({ clients: this.clients, groups: this.groups, membership })
  }
}
