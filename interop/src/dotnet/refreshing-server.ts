import {
  authorize,
  claimTypes,
  createServer,
  type Host,
  Hub,
  hubMethod,
  type SignalboxServer,
  silentLogger,
} from 'signalbox'
import { BearerTokens } from '../reference-server/bearer-tokens.js'
import { mapJwtTokens } from '../reference-server/endpoints/jwt-tokens.js'

interface RefreshingClient {
  Refreshed(who: string): void
}

class RefreshingHub extends Hub<RefreshingClient> {
  @hubMethod
  Who(): string {
    return `${this.context.userIdentifier} ${this.context.user.findFirst(claimTypes.role)}`
  }

  @hubMethod
  @authorize('admin')
  Ban(): void {}

  override onAuthenticationRefreshed(): void {
    this.clients.caller.Refreshed(this.Who())
  }
}

/**
 * What `interop/dotnet/Client --refresh` speaks to: issues the tokens, and has a hub that lets clients refresh them and
 * one that does not.
 */
export function createRefreshingServer(host: Host): SignalboxServer {
  const tokens = new BearerTokens()
  const server = createServer({
    host,
    authenticate: tokens.authenticate,
    policies: { admin: user => user.hasClaim(claimTypes.role, 'admin') },
    closeOnAuthenticationExpiration: true,
    logger: silentLogger,
  })
  server.mapHub('/refreshing', RefreshingHub, {
    enableAuthenticationRefresh: true,
    onAuthenticationRefresh: ({ newUser }) => !newUser.hasClaim(claimTypes.role, 'refused'),
  })
  server.mapHub('/not-refreshing', RefreshingHub)
  mapJwtTokens(server, tokens)
  return server
}
