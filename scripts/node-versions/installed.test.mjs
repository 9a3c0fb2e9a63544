/**
 * Signalbox as its users have it: packed, installed by npm into an empty folder, and run by the Node that runs these
 * tests.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr'
import { expect } from 'chai'
import { npmCommand } from '../install.mjs'
import { publishedPackages, repositoryRoot } from '../repository.mjs'

/** Where the release of uWebSockets.js that the repository is tested with has binaries; README.md says so. */
const uwsVersions = ['20', '22', '23']
const isUwsVersion = uwsVersions.includes(process.versions.node.split('.')[0])
const machine = `Node ${process.versions.node} (${process.platform} ${process.arch})`
const source = 'see "Choosing the uWebSockets.js source" in the README of Signalbox.'

describe(`Signalbox, installed on Node ${process.versions.node}`, () => {
  let folder
  before(async function () {
    this.timeout(120_000)
    folder = mkdtempSync(join(tmpdir(), 'signalbox-installed-'))
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    copyFileSync(new URL('installed-server.mjs', import.meta.url), join(folder, 'server.mjs'))
    await npm(
      'pack',
      '--prefix',
      repositoryRoot,
      '--pack-destination',
      folder,
      ...publishedPackages().map(at => `--workspace=${at}`),
    )
    const tarballs = readdirSync(folder).filter(name => name.endsWith('.tgz'))
    await npm('install', ...tarballs.map(name => `./${name}`))
  })
  after(() => rmSync(folder, { recursive: true }))

  it('has packages that can be imported, each of them, and the test tools for hubs without chai', async () => {
    const names = publishedPackages().map(
      at => JSON.parse(readFileSync(join(repositoryRoot, at, 'package.json'), 'utf8')).name,
    )
    const imports = [...names, 'signalbox/testing'].map(name => `await import('${name}')`).join('\n')
    await execute(process.execPath, '--input-type=module', '--eval', imports)
  })

  describe('without uWebSockets.js', () => {
    it('serves on node:http, and says why', async () => {
      const said = await serve()
      expect(said).to.contain(
        `Serving on node:http: uWebSockets.js cannot be loaded on ${machine}: it is not installed`,
      )
      expect(said).to.contain(source)
    })

    it('does not start when that host is named, and says why', async () => {
      expect(await failToServe('uwsHost')).to.contain(`cannot be loaded on ${machine}: it is not installed`)
    })
  })

  describe('beside uWebSockets.js', () => {
    before(async function () {
      this.timeout(60_000)
      const { devDependencies } = JSON.parse(
        readFileSync(join(repositoryRoot, 'packages/host-uws/package.json'), 'utf8'),
      )
      await npm('install', `uWebSockets.js@${devDependencies['uWebSockets.js']}`)
    })

    if (isUwsVersion) {
      it('serves on it, and says so', async () => {
        expect(await serve()).to.equal('Serving on uWebSockets.js.')
      })

      it('serves on it when it is named', async () => {
        await serve('uwsHost')
      })
    } else {
      const reason = `uWebSockets.js cannot be loaded on ${machine}: the installed release does not run there, ${source}`

      it('serves on node:http where it does not run, and says why', async () => {
        expect(await serve()).to.equal(`Serving on node:http: ${reason}`)
      })

      it('does not start when that host is named, and says why', async () => {
        expect(await failToServe('uwsHost')).to.contain(reason)
      })
    }

    it('serves on node:http when that is named', async () => {
      await serve('nodeHost')
    })
  })

  /** Starts the program, calls its hub with the official client, and ends it. @returns the first line it said. */
  async function serve(...hostFactory) {
    const program = spawn(process.execPath, ['server.mjs', ...hostFactory], options(['ignore', 'pipe', 'inherit']))
    const ended = once(program, 'exit')
    try {
      const { said, url } = await listening(program)
      await callEcho(`${url}/echo`)
      program.kill('SIGTERM')
      expect(await ended).to.deep.equal([0, null])
      return said[0]
    } finally {
      program.kill('SIGKILL')
    }
  }

  /** @returns what the program said on stderr before it ended with an error. */
  async function failToServe(...hostFactory) {
    return execute(process.execPath, 'server.mjs', ...hostFactory).then(
      () => expect.fail('the program ended without an error'),
      error => error.message,
    )
  }

  function npm(...args) {
    return execute(...npmCommand(...args, '--prefer-offline', '--no-audit', '--no-fund'))
  }

  /** Runs a program in the folder to its end. @throws Error with what it said when that is not a good one. */
  async function execute(command, ...args) {
    const program = spawn(command, args, options(['ignore', 'pipe', 'pipe']))
    let output = ''
    for (const stream of [program.stdout, program.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        output += text
      })
    }
    const [exitCode] = await once(program, 'close')
    if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${output}`)
  }

  function options(stdio) {
    // Nothing but what npm installed in the folder may be found.
    const { NODE_PATH, ...env } = process.env
    return { cwd: folder, env, stdio }
  }
})

async function listening(program) {
  const said = []
  for await (const line of createInterface({ input: program.stdout })) {
    const url = /^Listening at (\S+)$/.exec(line)?.[1]
    if (url !== undefined) return { said, url }
    said.push(line)
  }
  throw new Error(`the program ended before it listened; it said: ${said.join('\n')}`)
}

async function callEcho(url) {
  const connection = new HubConnectionBuilder().withUrl(url).configureLogging(LogLevel.None).build()
  await connection.start()
  try {
    expect(await connection.invoke('echo', 'hello')).to.equal('hello')
  } finally {
    await connection.stop()
  }
}
