import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { ListeningProcess } from '../processes/listening-process.js'

describe('docs/refusals.md', () => {
  let server: ListeningProcess

  before(async () => {
    const program = fileURLToPath(new URL('refusal-counts.js', import.meta.url))
    server = await ListeningProcess.start('the counting server', 'env', ['PORT=0', process.execPath, program])
  })

  after(() => server.kill())

  it('has the program that is tested here', () => {
    const document = readFileSync(new URL('../../../docs/refusals.md', import.meta.url), 'utf8')
    const source = readFileSync(new URL('../../src/guides/refusal-counts.ts', import.meta.url), 'utf8')
    expect(document).to.include(`\`\`\`ts\n${source}\`\`\`\n`)
  })

  it('counts what is refused, by cause', async () => {
    for (const path of ['/chathub', '/chathub', '/game'])
      expect((await fetch(`${server.url}${path}/negotiate`, { method: 'POST' })).status).to.equal(404)
    const counts = await fetch(`${server.url}/metrics/refusals`)
    expect(await counts.json()).to.deep.equal({ noHubAtPath: 3 })
  })
})
