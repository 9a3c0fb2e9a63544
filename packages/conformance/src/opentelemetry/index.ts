export { MetricSdk } from './metric-sdk.js'
export { TraceSdk } from './trace-sdk.js'
