import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigurationError, type TlsFiles } from 'signalbox'

/** A certificate for one run: nothing to install, to renew or to keep secret. The files are gone once `use` is done. */
export async function withSelfSignedCertificate<T>(use: (files: TlsFiles) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-certificate-'))
  const files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') }
  try {
    await create(files)
    return await use(files)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function create({ certificateFile, keyFile }: TlsFiles): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', keyFile]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  try {
    await promisify(execFile)('openssl', ['req', '-x509', '-days', '7', ...key, ...subject, '-out', certificateFile])
  } catch (error) {
    const message = 'HTTPS needs a certificate, and the openssl command that makes one failed. Is OpenSSL 3 installed?'
    throw new ConfigurationError('tls', message, error)
  }
}
