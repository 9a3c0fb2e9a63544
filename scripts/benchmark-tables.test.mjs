import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { writeMarkdown } from './bench/result-files.mjs'

describe('writeMarkdown', () => {
  let folder
  let file

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'))
    file = join(folder, 'benchmarks.md')
  })

  afterEach(() => rm(folder, { recursive: true }))

  const written = () => readFile(file, 'utf8')

  it('replaces its own part and leaves the rest', async () => {
    await writeFile(file, '# Title\n<!-- a:begin -->\nold\n<!-- a:end -->\nprose\n')
    writeMarkdown(file, 'a', '$1 new\n')
    expect(await written()).to.equal('# Title\n<!-- a:begin -->\n$1 new\n<!-- a:end -->\nprose\n')
  })

  it('adds its part to a file without it', async () => {
    await writeFile(file, '# Title\n')
    writeMarkdown(file, 'a', 'text\n')
    expect(await written()).to.equal('# Title\n\n<!-- a:begin -->\ntext\n<!-- a:end -->\n')
  })

  it('makes the file', async () => {
    writeMarkdown(file, 'a', 'text\n')
    expect(await written()).to.equal('<!-- a:begin -->\ntext\n<!-- a:end -->\n')
  })
})
