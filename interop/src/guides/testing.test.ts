import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'

const source = (name: string): string => readFileSync(new URL(`../../src/guides/${name}`, import.meta.url), 'utf8')

describe('docs/testing.md', () => {
  const document = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8')

  for (const name of ['chat-hub.ts', 'chat-hub.example.ts'])
    it(`has ${name} as it is tested here`, () => {
      expect(document).to.include(`\`\`\`ts\n${source(name)}\`\`\`\n`)
    })

  it('has tests that pass', () => {
    const path = fileURLToPath(new URL('chat-hub.example.js', import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
    expect(stdout).to.match(/pass 5\n/)
    expect(status).to.equal(0)
  })
})
