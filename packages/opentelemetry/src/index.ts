export { type OpenTelemetry, openTelemetry } from './open-telemetry.js'
