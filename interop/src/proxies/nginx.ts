import { findFreePort } from '../processes/free-port.js'
import { atPorts, change, configurationOf } from './page.js'
import { ProxyProcess } from './proxy-process.js'

export interface NginxOptions {
  /** A port in the configuration, and where its server really listens. */
  readonly ports: Readonly<Record<number, number>>
  /** Changed in the lines that every location has. */
  readonly proxyChanges?: Readonly<Record<string, string>>
  readonly changes?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
}

/** Around a piece of an `http` block: what a test needs so that nginx leaves the machine alone. */
const around = (name: string) => `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path client_body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  include ${name};
}
`

/** nginx with a configuration of the page, on a free port. */
export async function startNginx(name: string, options: NginxOptions): Promise<ProxyProcess> {
  const port = await findFreePort()
  const adapted = change(configurationOf(name), { ...atPorts(options.ports), ...options.changes })
  const isSecure = adapted.includes('ssl_certificate')
  const text = adapted.replace(/listen \d+/, `listen 127.0.0.1:${port}`)
  const proxyLines = change(configurationOf('signalbox-proxy.conf'), options.proxyChanges ?? {})
  return ProxyProcess.start(
    'nginx',
    `${isSecure ? 'https' : 'http'}://127.0.0.1:${port}`,
    { 'nginx.conf': around(name), [name]: text, 'signalbox-proxy.conf': proxyLines, ...options.files },
    folder => ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'],
  )
}
