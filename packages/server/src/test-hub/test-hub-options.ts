import {
  anObject,
  type ClaimsPrincipal,
  either,
  type HttpTransportType,
  httpTransportTypes,
  type Logger,
  noParams,
  type OptionTable,
  oneOf,
  recordOf,
  text,
} from '@signalbox/abstractions'
import { type MapHubOptions, mapHubOptionTable, serverOptionTable } from '../options/server-options.js'

/** Those `mapHub` takes; what is about requests and transports has no effect here. */
export interface TestHubOptions extends MapHubOptions {
  /** Gets what the hub logs, besides `log`. Default nobody. */
  logger?: Logger
}

export interface TestClientOptions {
  /** Who connects: a user id, or a principal with claims such as `createPrincipal` makes. Default nobody is known. */
  readonly user?: string | ClaimsPrincipal
  /** Its connection id. Default `connection-1` and so on. */
  readonly connectionId?: string
  /** What stands for the parameters of the path the hub is mapped to. Default none. */
  readonly params?: Readonly<Record<string, string>>
  /** The query of the client's URL, as `a=1&b=2`. Default none. */
  readonly queryString?: string
  /** Headers of its request. Default none. */
  readonly headers?: Readonly<Record<string, string>>
  /** Makes a difference to hubs that look at it. Default `WebSockets`. */
  readonly transport?: HttpTransportType
}

export const testHubOptionTable = {
  ...mapHubOptionTable,
  logger: {
    takes: serverOptionTable.logger.takes,
    doc: 'Gets what the hub logs, besides `log`.',
    defaultText: 'nobody',
  },
} satisfies OptionTable<TestHubOptions>

export const testClientOptionTable = {
  user: {
    takes: either(text("a user's id"), anObject<ClaimsPrincipal>('a principal of createPrincipal', 'findFirst')),
    doc: 'Who connects: a user id, or a principal with claims such as `createPrincipal` makes.',
    defaultText: 'nobody is known',
  },
  connectionId: { takes: text(), doc: 'Its connection id.', defaultText: '`connection-1` and so on' },
  params: {
    takes: recordOf("an object such as { tenant: 'acme' }", text()),
    doc: 'What stands for the parameters of the path the hub is mapped to.',
    default: noParams,
    defaultText: 'none',
  },
  queryString: { takes: text(), doc: "The query of the client's URL, as `a=1&b=2`.", default: '' },
  headers: {
    takes: recordOf("an object such as { 'accept-language': 'de' }", text()),
    doc: 'Headers of its request.',
    default: {},
  },
  transport: {
    takes: oneOf(...httpTransportTypes),
    doc: 'Makes a difference to hubs that look at it.',
    default: 'WebSockets',
    defaultText: '`WebSockets`',
  },
} satisfies OptionTable<TestClientOptions>
