import { Hub } from 'signalbox'
import { InvalidOperationException } from './clr-exceptions.js'

// The text that the functional tests of the official TypeScript client expect.
const message =
  "Unable to resolve service for type 'System.Object' while attempting to activate 'FunctionalTests.UncreatableHub'."

export class UncreatableHub extends Hub {
  static readonly hubName = 'Signalbox.Interop.UncreatableHub'

  constructor() {
    super()
    throw new InvalidOperationException(message)
  }
}
