export { ManualClock } from '@signalbox/abstractions/testing'
export {
  describeHubLifetimeManager,
  type LifetimeManagerCluster,
} from './describe-hub-lifetime-manager.js'
export { RecordingLogger } from './recording-logger.js'
export { TestConnection, type TestConnectionOptions } from './test-connection.js'
export { TestServer } from './test-server.js'
