import { type OptionTable, oneOf, text } from '@signalbox/abstractions'

/**
 * Certificate and key as PEM files. What is served is HTTPS over HTTP/1.1: browsers open six connections to a site, and
 * each event stream takes one.
 */
export interface TlsFiles {
  /** The certificate, with those of the authorities between it and a root. */
  readonly certificateFile: string
  /** The private key of the certificate. */
  readonly keyFile: string
  /** Of the key, when it is encrypted. Default none. */
  readonly passphrase?: string
  /**
   * The authorities that sign clients' certificates: clients are asked for one, and requests have it as
   * `clientCertificate`. On node:http only. Default clients are not asked.
   */
  readonly clientCertificateAuthorityFile?: string
  /**
   * Whether clients without a certificate are served too. Default `RequireCertificate`. .NET:
   * HttpsConnectionAdapterOptions.ClientCertificateMode.
   */
  readonly clientCertificateMode?: 'AllowCertificate' | 'RequireCertificate'
}

const pemFile = text('the path of a PEM file')

/** Node's own servers take `key` and `cert` with their contents, hence the other names. */
export const tlsFileTable = {
  certificateFile: {
    takes: pemFile,
    doc: 'The certificate, with those of the authorities between it and a root.',
    isRequired: true,
    otherNames: ['cert', 'crt'],
  },
  keyFile: { takes: pemFile, doc: 'The private key of the certificate.', isRequired: true },
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
