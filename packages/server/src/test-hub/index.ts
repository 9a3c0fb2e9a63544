export type { LogEntry } from './recorded-log.js'
export type { Audience, SentMessage } from './recording-lifetime-manager.js'
export type { ClientEnd, ReceivedCall, TestClient } from './test-client.js'
export { type TestClientOptions, type TestHub, type TestHubOptions, testHub } from './test-hub.js'
