import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Matchers, PactV4 } from '@pact-foundation/pact'
import { beforeAll, expect, test } from 'vitest'
import { TicagaClient } from '../src/ticaga-client.js'

const { equal, integer, like } = Matchers
const dir = process.env.PACT_DIR ?? 'pacts'
const pact = new PactV4({ consumer: 'example-js', provider: 'ticaga', dir, logLevel: 'error' })
const headers = { Authorization: 'Bearer demo-token', Accept: 'application/json' }
const connect = (server) => new TicagaClient(server.url, 'demo-token')

// Pact adds to a file that exists.
beforeAll(() => rmSync(join(dir, 'example-js-ticaga.json'), { force: true }))

test('reads a customer', () =>
  pact
    .addInteraction()
    .given('customer 8 exists')
    .uponReceiving('a request for a customer')
    .withRequest('GET', '/api/customers/get/8', (request) => request.headers(headers))
    .willRespondWith(200, (answer) => answer.jsonBody({ user: { id: integer(8), email: like('jane.roe@example.com') } }))
    .executeTest(async (server) => expect((await connect(server).customer(8)).email).toBe('jane.roe@example.com')))

test('says that a customer is unknown', () =>
  pact
    .addInteraction()
    .given('customer 77 does not exist')
    .uponReceiving('a request for a customer that does not exist')
    .withRequest('GET', '/api/customers/get/77', (request) => request.headers(headers))
    .willRespondWith(401, (answer) => answer.jsonBody({ error: like('User not authenticated') }))
    .executeTest((server) => expect(connect(server).customer(77)).rejects.toMatchObject({ status: 401 })))

// example: pact
test('links an account', () =>
  pact
    .addInteraction()
    .given('customer 8 is not linked')
    .uponReceiving('a request that links customer 8')
    .withRequest('POST', '/api/customers/assign', (request) =>
      request.headers(headers).jsonBody({ ticaga_id: 8, billing_id: 42, billing_system: 'blesta' }))
    .willRespondWith(200, (answer) => answer.jsonBody({ user: equal(true) }))
    .executeTest(async (server) => expect(await connect(server).linkAccount(42, 8)).toBe(true)))
// end
