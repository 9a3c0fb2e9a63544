import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

const hostModule = new URL('./index.js', import.meta.url).href

/** Asks a server in a process of its own with a request whose head has so many bytes. */
async function statusOf(headBytes: number, variable?: string): Promise<string> {
  const program = `
    import { uwsHost } from '${hostModule}'
    const host = uwsHost()
    const port = await host.listen({ port: 0, hostname: '127.0.0.1' }, exchange => exchange.respond({ status: 200 }))
    const { status } = await fetch('http://127.0.0.1:' + port, { headers: { x: 'x'.repeat(${headBytes}) } })
    console.log(status, process.env.UWS_HTTP_MAX_HEADERS_SIZE)
    process.exit()`
  const { UWS_HTTP_MAX_HEADERS_SIZE: _own, ...others } = process.env
  const env = variable === undefined ? others : { ...others, UWS_HTTP_MAX_HEADERS_SIZE: variable }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env })
  return stdout.trim()
}

describe('loading uWebSockets.js', function () {
  this.timeout(10_000)

  it('raises its limit for the head of a request, and leaves the environment as it was', async () => {
    expect(await statusOf(30_000)).to.equal('200 undefined')
  })

  it('leaves the limit that the environment sets', async () => {
    expect(await statusOf(12_000, '8192')).to.equal('431 8192')
  })
})
