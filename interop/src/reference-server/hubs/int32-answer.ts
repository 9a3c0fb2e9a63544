import { HubException } from 'signalbox'
import { int } from './clr-types.js'

/**
 * What a client was asked for, as `InvokeAsync<int>` takes it. Signalbox leaves the check to the application.
 * @throws HubException with .NET's text, for anything but an integer.
 */
export async function int32Answer(answer: Promise<unknown>): Promise<number> {
  const result = int.safeParse(await answer)
  if (result.success) return result.data
  throw new HubException(
    'Error trying to deserialize result to Int32. The JSON value could not be converted to System.Int32.',
  )
}
