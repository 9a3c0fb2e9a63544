import { JsonHubProtocol } from './json-hub-protocol.js'
import { describeHubProtocol } from './testing/describe-hub-protocol.js'
import { jsonVectors } from './testing/json-vectors.js'

describeHubProtocol('JsonHubProtocol', () => new JsonHubProtocol(), jsonVectors)
