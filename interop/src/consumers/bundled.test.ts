import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { build, type Format } from 'esbuild'

const program = `
  import { createServer } from 'signalbox'
  const keep = message => console.log(message)
  const server = createServer({ logger: { debug() {}, info: keep, warn: keep, error: keep } })
  server.listen(0).then(() => server.close())`

const repository = fileURLToPath(new URL('../../../', import.meta.url))

describe('a program that is bundled with Signalbox', () => {
  let folder: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signalbox-bundle-'))
  })

  afterEach(() => rm(folder, { recursive: true }))

  async function bundleAndRun(format: Format, file: string): Promise<string> {
    const outfile = join(folder, file)
    const stdin = { contents: program, resolveDir: join(repository, 'interop') }
    await build({ stdin, bundle: true, platform: 'node', format, outfile, logLevel: 'silent', ...banner(format) })
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], { timeout: 20_000 })
    return stdout.trim()
  }

  /** Dependencies of ours that are CommonJS ask for `require`, as esbuild's documentation says. */
  const banner = (format: Format) =>
    format === 'esm'
      ? {
          banner: {
            js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
          },
        }
      : {}

  async function installUws(): Promise<void> {
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(repository, 'node_modules/uWebSockets.js'), join(folder, 'node_modules/uWebSockets.js'))
  }

  for (const [format, file] of [
    ['cjs', 'bundle.cjs'],
    ['esm', 'bundle.mjs'],
  ] as const) {
    it(`serves on uWebSockets.js that is installed beside it, as ${format}`, async () => {
      await installUws()
      expect(await bundleAndRun(format, file)).to.equal('Serving on uWebSockets.js.')
    })

    it(`serves on node:http without it and says where it has looked, as ${format}`, async () => {
      const output = await bundleAndRun(format, file)
      expect(output).to.match(/^Serving on node:http: uWebSockets\.js cannot be loaded on Node /)
      expect(output).to.contain(`it is not installed where it is looked for, from ${join(folder, file)}`)
    })
  }
})
