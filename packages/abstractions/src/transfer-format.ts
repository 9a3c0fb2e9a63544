/**
 * What a frame or body carries, spelled as on the wire.
 * @source TransportProtocols.md, `transferFormats`
 */
export type TransferFormat = 'Text' | 'Binary'
