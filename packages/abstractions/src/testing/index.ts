export { ManualClock } from './manual-clock.js'
export { warningsDuring } from './warnings-during.js'
