import { expect } from 'chai'
import { findCircles } from './import-circles.mjs'

/** Sources that import what the table says. @param {Record<string, string[]>} imports */
function sources(imports) {
  return Object.entries(imports).map(([path, targets]) => ({
    path,
    text: targets.map(target => `import type { X } from '${target}'`).join('\n'),
  }))
}

describe('circles of imports', () => {
  it('are none where every arrow goes one way', () => {
    const room = sources({ 'src/a.ts': ['./b.js', './c.js'], 'src/b.ts': ['./c.js'], 'src/c.ts': [] })
    expect(findCircles(room)).to.deep.equal([])
  })

  it('are found between two files, though only types are imported', () => {
    const room = sources({ 'src/a.ts': ['./b.js'], 'src/b.ts': ['./a.js'] })
    expect(findCircles(room)).to.deep.equal([['src/a.ts', 'src/b.ts']])
  })

  it('are found over folders, with every file that is in them and no other', () => {
    const room = sources({
      'src/start.ts': ['./in/a.js'],
      'src/in/a.ts': ['../b.js'],
      'src/b.ts': ['./c.js', './end.js'],
      'src/c.ts': ['./in/a.js'],
      'src/end.ts': [],
    })
    expect(findCircles(room)).to.deep.equal([['src/b.ts', 'src/c.ts', 'src/in/a.ts']])
  })

  it('are told apart', () => {
    const room = sources({ 'a.ts': ['./b.js'], 'b.ts': ['./a.js', './c.js'], 'c.ts': ['./d.js'], 'd.ts': ['./c.js'] })
    expect(findCircles(room)).to.deep.equal([
      ['c.ts', 'd.ts'],
      ['a.ts', 'b.ts'],
    ])
  })
})
