import 'reflect-metadata'
import {
  type BeforeApplicationShutdown,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  UseGuards,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { authorize, createPrincipal, createServer, Hub, hubMethod, type SignalboxServer } from 'signalbox'

/** Stands for yours: who a token belongs to. */
@Injectable()
class Users {
  find(authorization: string | undefined): string | undefined {
    return authorization === "Bearer Ada's" ? 'Ada' : undefined
  }
}

@Injectable()
class UserGuard implements CanActivate {
  constructor(private readonly users: Users) {}

  canActivate(context: ExecutionContext): boolean {
    return this.users.find(context.switchToHttp().getRequest().headers.authorization) !== undefined
  }
}

@Controller()
class AppController {
  @Get()
  @UseGuards(UserGuard)
  hello(): string {
    return 'NestJS is here.'
  }
}

@Injectable()
class Moderation {
  moderate(text: string): string {
    return text.replace('darn', '****')
  }
}

@authorize()
class ChatHub extends Hub {
  constructor(private readonly moderation: Moderation) {
    super()
  }

  @hubMethod
  async send(text: string): Promise<void> {
    await this.clients.all['receive']!(this.moderation.moderate(text), this.context.userIdentifier)
  }
}

@Injectable()
class ChatService implements BeforeApplicationShutdown {
  readonly server: SignalboxServer

  constructor(users: Users, moderation: Moderation) {
    this.server = createServer({
      // The token of a page's WebSocket comes in the query: browsers send no headers with it.
      authenticate(request) {
        const userId = users.find(request.header('authorization') ?? `Bearer ${request.query('access_token')}`)
        return userId === undefined ? undefined : createPrincipal({ userId })
      },
    })
    // A hub lives for one call, so it is not a provider itself: its dependencies are.
    this.server.mapHub('/chat', ChatHub, { hubActivator: () => new ChatHub(moderation) })
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.server.close() // tells the clients to reconnect elsewhere
  }
}

@Module({ controllers: [AppController], providers: [Users, UserGuard, Moderation, ChatService] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] })
app.enableShutdownHooks(['SIGTERM'])
app.get(ChatService).server.attach(app.getHttpServer())
await app.listen(Number(process.env['PORT'] ?? 5000), '127.0.0.1')
console.log(`Listening on ${await app.getUrl()}`)
