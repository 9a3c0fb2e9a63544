import { expect } from 'chai'
import { findViolations } from './check-edges.mjs'
import { readImports } from './read-imports.mjs'

const room = { folder: 'packages/hubs', name: '@signalbox/hubs', rooms: ['@signalbox/protocol'], network: [] }

/** What is found in a room of one source file. */
function violationsOf(text, { path = 'packages/hubs/src/hub.ts', manifest = {}, ...changes } = {}) {
  const dependencies = { '@signalbox/protocol': '0.1.0' }
  const source = { path, text: `import '@signalbox/protocol'\n${text}` }
  return findViolations({ ...room, ...changes }, [source], JSON.stringify({ dependencies, ...manifest }), ['chai'])
}

describe('the import edges', () => {
  it('allow what the table and the manifest name', () => {
    const text = `import type { Hub } from './hub.js'\nexport { x } from '@signalbox/protocol'\nimport 'node:crypto'`
    expect(violationsOf(text)).to.deep.equal([])
  })

  it('forbid a room that the table does not name, and say where', () => {
    expect(violationsOf(`import { x } from '@signalbox/connections'`)).to.deep.equal([
      "packages/hubs/src/hub.ts:2: @signalbox/hubs may not import '@signalbox/connections' (see scripts/rooms.mjs)",
    ])
  })

  for (const text of [
    `import type { X } from '@signalbox/connections'`,
    `export * from '@signalbox/connections'`,
    `const x = await import('@signalbox/connections')`,
    `type X = import('@signalbox/connections').X`,
    `const x = require("@signalbox/connections")`,
    `import {\n  X,\n} from '@signalbox/connections'`,
  ]) {
    it(`forbid it in the form ${JSON.stringify(text)}`, () => {
      expect(violationsOf(text)).to.have.lengthOf(1)
    })
  }

  it('forbid a way past the front door of a package', () => {
    expect(violationsOf(`import '@signalbox/protocol/dist/handshake.js'`)[0]).to.match(/goes past the front door/)
  })

  it('forbid a relative way into another room', () => {
    expect(violationsOf(`import '../../protocol/src/index.js'`)[0]).to.match(/leaves the room/)
  })

  it('forbid the network where the table does not name it, also without the node: prefix', () => {
    expect(violationsOf(`import 'node:http'`)[0]).to.match(/may not touch the network/)
    expect(violationsOf(`import 'http'`)[0]).to.match(/may not touch the network/)
    expect(violationsOf(`import 'node:http'`, { network: ['node:http'] })).to.deep.equal([])
  })

  it('allow the network of tests to tests only', () => {
    const networkInTests = ['node:net']
    expect(violationsOf(`import 'node:net'`, { networkInTests })).to.have.lengthOf(1)
    expect(violationsOf(`import 'node:net'`, { networkInTests, path: 'packages/hubs/src/hub.test.ts' })).to.be.empty
  })

  it('forbid a package that the manifest does not list', () => {
    expect(violationsOf(`import 'zod'`)[0]).to.match(/missing from the dependencies/)
  })

  it('allow the test tools to tests only', () => {
    expect(violationsOf(`import 'chai'`)).to.have.lengthOf(1)
    expect(violationsOf(`import 'chai'`, { path: 'packages/hubs/src/hub.test.ts' })).to.be.empty
    expect(violationsOf(`import 'zod'`, { path: 'packages/hubs/src/hub.test.ts' })[0]).to.match(/devDependencies/)
  })

  it('allow the contract suites and what only tests need of other rooms to tests only', () => {
    const manifest = { dependencies: { '@signalbox/protocol': '0.1.0' }, devDependencies: {} }
    for (const [specifier, name] of [
      ['@signalbox/conformance/json-messages', '@signalbox/conformance'],
      ['@signalbox/redis', '@signalbox/redis'],
    ]) {
      const changes = {
        manifest: { ...manifest, devDependencies: { [name]: '0.1.0' } },
        roomsInTests: ['@signalbox/redis'],
      }
      expect(violationsOf(`import '${specifier}'`, changes)[0]).to.match(/may not import/)
      expect(violationsOf(`import '${specifier}'`, { ...changes, path: 'packages/hubs/src/hub.test.ts' })).to.be.empty
    }
  })

  it('forbid a dependency that nothing imports', () => {
    const dependencies = { '@signalbox/protocol': '0.1.0', zod: '4.0.0' }
    expect(violationsOf('', { manifest: { dependencies } })[0]).to.match(
      /package.json:1: 'zod' is listed, but no source/,
    )
  })
})

describe('reading the imports of a source', () => {
  it('passes over comments, strings and templates', () => {
    const text = [
      '/** import "a" */',
      "// import 'b'",
      'const text = "import \'c\'"',
      "const template = `\nimport 'd'\n`",
      "import 'e'",
    ].join('\n')
    expect(readImports(text)).to.deep.equal([{ specifier: 'e', line: 7 }])
  })
})
