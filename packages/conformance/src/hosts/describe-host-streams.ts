import type { Host, HostStream } from '@signalbox/connections'
import { expect } from 'chai'
import type { RawConnection } from '../raw-clients/raw-connection.js'
import { readChunk, readHead, readStreamed, readWholeChunk, writeRequest } from '../raw-clients/raw-http.js'
import { HostUnderTest, RecordingStreamHandler } from './host-under-test.js'

const pieceBytes = 1 << 20
/** More than the two socket buffers of a local connection take. */
const mostPieces = 64

export function describeHostStreams(createHost: () => Host): void {
  describe('streamed answers', () => {
    let server: HostUnderTest
    let handler: RecordingStreamHandler

    beforeEach(async () => {
      server = await HostUnderTest.start(createHost)
      handler = new RecordingStreamHandler()
    })

    afterEach(() => server.stop())

    async function open(first: string): Promise<{ connection: RawConnection; stream: HostStream }> {
      const { connection, exchange } = await server.exchange({ path: '/' })
      return { connection, stream: exchange.stream({ status: 200, body: first }, handler) }
    }

    it('send their head and first bytes at once', async () => {
      const { connection } = await open(':\r\n')

      expect((await readHead(connection)).header('transfer-encoding')).to.equal('chunked')
      expect((await readChunk(connection)).toString()).to.equal(':\r\n')
    })

    it('send what is written, in order', async () => {
      const { connection, stream } = await open('0')
      await readHead(connection)

      stream.write(Buffer.from('1'))
      stream.write(Buffer.from('2'))

      expect((await readStreamed(connection, 3)).toString()).to.equal('012')
    })

    it('send a whole chunk for each write, line end and all, where there is something to fill with', async () => {
      const { connection, exchange } = await server.exchange({ path: '/' })
      const stream = exchange.stream({ status: 200, body: '0' }, handler, Buffer.from('+'))
      await readHead(connection)
      await readChunk(connection)
      for (const one of ['1', '2', '3']) {
        stream.write(Buffer.from(one))
        let chunk = await readWholeChunk(connection)
        if (chunk.toString() === '+') chunk = await readWholeChunk(connection)
        expect(chunk.toString()).to.equal(one)
      }
    })

    it('say true while the peer reads', async () => {
      const { stream } = await open('0')

      expect(stream.write(Buffer.from('1'))).to.equal(true)
    })

    it('end with the last chunk and leave the connection open', async () => {
      const { connection, stream } = await open('0')
      await readHead(connection)
      await readChunk(connection)

      stream.end()
      expect((await readChunk(connection)).length).to.equal(0)

      writeRequest(connection, { path: '/next' })
      const next = await server.nextExchange()
      expect(next.request.path).to.equal('/next')
    })

    it('are cut without their last chunk', async () => {
      const { connection, stream } = await open('0')
      await readHead(connection)
      await readChunk(connection)

      stream.terminate()

      expect((await connection.readToEnd()).toString().trim()).to.equal('')
    })

    it('tell when the peer goes away', async () => {
      const { connection } = await open('0')

      connection.vanish()

      await handler.aborts.next()
    })

    it('take writes and an end after the peer has gone, and do nothing', async () => {
      const { connection, stream } = await open('0')
      connection.vanish()
      await handler.aborts.next()

      stream.write(Buffer.from('late'))
      stream.end()
      stream.terminate()

      expect(handler.aborts.length).to.equal(0)
    })

    describe('to a peer that stops reading', () => {
      let connection: RawConnection
      let stream: HostStream
      let written: number

      beforeEach(async () => {
        ;({ connection, stream } = await open('0'))
        await readHead(connection)
        await readChunk(connection)
        connection.stall()
        written = 0
        while (written < mostPieces && stream.write(Buffer.alloc(pieceBytes, written++))) {}
      })

      it('say false', () => {
        expect(written).to.be.below(mostPieces)
      })

      it('deliver all of it once the peer reads on, without another write', async () => {
        connection.resume()

        expect(await readPieces(connection, written)).to.deep.equal(Array.from({ length: written }, (_, n) => n))
      })

      it('tell when the peer reads on', async () => {
        connection.resume()

        await handler.drains.next()
      })

      it('keep the order of what is written meanwhile', async () => {
        stream.write(Buffer.alloc(pieceBytes, written++))
        connection.resume()

        expect(await readPieces(connection, written)).to.deep.equal(Array.from({ length: written }, (_, n) => n))
      })

      it('deliver all of it before their end', async () => {
        stream.end()
        connection.resume()
        await readPieces(connection, written)

        expect((await readChunk(connection)).length).to.equal(0)
      })
    })
  })
}

/** What each piece is filled with; fails on one that is not whole. */
async function readPieces(connection: RawConnection, count: number): Promise<number[]> {
  const body = await readStreamed(connection, count * pieceBytes)
  return Array.from({ length: count }, (_, index) => {
    const piece = body.subarray(index * pieceBytes, (index + 1) * pieceBytes)
    expect(piece.equals(Buffer.alloc(pieceBytes, piece[0]))).to.equal(true)
    return piece[0]!
  })
}
