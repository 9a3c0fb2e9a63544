import { type OptionTable, oneOf, text } from '@signalbox/abstractions'

/**
 * Certificate and key as PEM files. What is served is HTTPS over HTTP/1.1: browsers open six connections to a site, and
 * each event stream takes one.
 */
export interface TlsFiles {
  readonly certificateFile: string
  readonly keyFile: string
  readonly passphrase?: string
  readonly clientCertificateAuthorityFile?: string
  readonly clientCertificateMode?: 'AllowCertificate' | 'RequireCertificate'
}

const pemFile = text('the path of a PEM file')

/** Node's own servers take `key` and `cert` with their contents, hence the other names. */
export const tlsFileTable = {
  certificateFile: {
    takes: pemFile,
    doc: 'The certificate, with those of the authorities between it and a root.',
    defaultText: 'it has to be given',
    otherNames: ['cert', 'crt'],
  },
  keyFile: { takes: pemFile, doc: 'The private key of the certificate.', defaultText: 'it has to be given' },
  passphrase: { takes: text(), doc: 'Of the key, when it is encrypted.', defaultText: 'none' },
  clientCertificateAuthorityFile: {
    takes: pemFile,
    doc:
      "The authorities that sign clients' certificates: clients are asked for one, and requests have it as" +
      ' `clientCertificate`. On node:http only.',
    defaultText: 'clients are not asked',
    otherNames: ['ca'],
  },
  clientCertificateMode: {
    takes: oneOf('AllowCertificate', 'RequireCertificate'),
    doc: 'Whether clients without a certificate are served too.',
    defaultText: '`RequireCertificate`',
    dotNetName: 'HttpsConnectionAdapterOptions.ClientCertificateMode',
  },
} satisfies OptionTable<TlsFiles>
