import { noParams, silentLogger, systemClock } from '@signalbox/abstractions'
import { expect } from 'chai'
import type { ConnectionEndpoint } from '../http/connection-endpoint.js'
import { newConnectionId, newConnectionToken } from './connection-id.js'
import { resolveConnectionManagerOptions, resolveConnectionOptions } from './connection-options.js'
import { ConnectionOnNode, HttpConnectionManager } from './http-connection-manager.js'

describe('HttpConnectionManager', () => {
  const managerOf = (nodeTag?: string) =>
    new HttpConnectionManager(
      resolveConnectionManagerOptions({}),
      systemClock,
      silentLogger,
      undefined,
      undefined,
      nodeTag,
    )
  const endpoint: ConnectionEndpoint = { path: '/', handler() {}, options: resolveConnectionOptions({}) }
  const here = managerOf('here01')
  const find = (manager: HttpConnectionManager, token: string) => manager.find(endpoint, noParams, token)

  it('finds a connection that is here, whose token names this node', () => {
    const connection = here.create(endpoint, 1)

    expect(connection.connectionToken).to.match(/^[\w-]{22}\.here01$/)
    expect(find(here, connection.connectionToken)).to.equal(connection)
  })

  it('names no node in a public id, nor in the token of version 0, which is one', () => {
    const [older, newer] = [here.create(endpoint, 0), here.create(endpoint, 1)]

    expect([older.connectionId, newer.connectionId].filter(id => id.includes('.'))).to.deep.equal([])
    expect(older.connectionToken).to.equal(older.connectionId)
  })

  it('says which other node a token names', () => {
    const found = find(here, newConnectionToken('other1'))

    expect(found).to.be.instanceOf(ConnectionOnNode).and.have.property('nodeTag', 'other1')
  })

  it('knows nothing of a token that names this node and was never made, or has ended', () => {
    const connection = here.create(endpoint, 1)
    connection.life.remove()

    expect(find(here, newConnectionToken('here01'))).to.equal(undefined)
    expect(find(here, connection.connectionToken)).to.equal(undefined)
  })

  it('knows nothing of a token without a node', () => {
    expect(find(here, newConnectionId())).to.equal(undefined)
  })

  it('makes and knows no tags unless it has one', () => {
    const manager = managerOf()

    expect(manager.create(endpoint, 1).connectionToken).to.match(/^[\w-]{22}$/)
    expect(find(manager, newConnectionToken('other1'))).to.equal(undefined)
  })

  it('keeps the connections of an endpoint from those who come to another', () => {
    const { connectionToken } = here.create(endpoint, 1)

    expect(here.find({ ...endpoint, path: '/other' }, noParams, connectionToken)).to.equal(undefined)
  })
})
