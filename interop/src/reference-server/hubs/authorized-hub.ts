import { authorize, Hub, hubMethod } from 'signalbox'
import { nullableText, text } from './clr-types.js'

@authorize('namedUser')
export class AuthorizedHub extends Hub {
  static readonly hubName = 'Signalbox.Interop.AuthorizedHub'

  @hubMethod(nullableText)
  Echo(message: string | null): string | null {
    return message
  }

  @hubMethod
  GetUserNameIdentifier(): string | null {
    return this.context.userIdentifier ?? null
  }

  @hubMethod(text)
  GetUserClaim(type: string): string | null {
    return this.context.user.findFirst(type) ?? null
  }
}
