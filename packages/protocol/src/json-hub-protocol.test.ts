import { describeHubProtocol } from '@signalbox/conformance'
import { JsonHubProtocol } from './json-hub-protocol.js'
import { jsonVectors } from './testing/json-vectors.js'

describeHubProtocol('JsonHubProtocol', () => new JsonHubProtocol(), jsonVectors)
