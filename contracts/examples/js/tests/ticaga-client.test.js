// example: fixture
import { ticaga } from 'ticaga-mock/vitest'
import { describe, expect, test as base } from 'vitest'
import { TicagaClient } from '../src/ticaga-client.js'

const test = base.extend({ ticaga })
// end
const connect = (ticaga) => new TicagaClient(ticaga.url, ticaga.token)

describe.concurrent('the client', () => {
  // example: link
  test('links an account', async ({ ticaga }) => {
    await ticaga.given('customer 8 is not linked')

    expect(await connect(ticaga).linkAccount(42, 8)).toBe(true)

    await ticaga.assertSent('assignBillingId', { ticaga_id: 8, billing_id: 42 })
  })
  // end

  test('says that a customer is unknown', async ({ ticaga }) => {
    await ticaga.given('customer 77 does not exist')

    await expect(connect(ticaga).customer(77)).rejects.toThrow('User not authenticated')
  })

  test('opens and closes a ticket', async ({ ticaga }) => {
    const ticket = await connect(ticaga).openTicket(8, 'sales', 'An invoice is missing', 'Please send it again.')
    await connect(ticaga).closeTicket(8, ticket)

    await ticaga.assertSent('closeTicket', { customer_id: 8, ticket_id: ticket })
  })

  test('says which field Ticaga refuses', async ({ ticaga }) => {
    await ticaga.given('department sales is disabled')
    await ticaga.allowViolations('TM-DATA-REFUSED')

    const error = await connect(ticaga).openTicket(8, 'sales', 'A question', 'How much is it?').catch((e) => e)

    expect([error.status, Object.keys(error.errors)]).toEqual([422, ['department_slug']])
  })

  test('says that the API token is wrong', async ({ ticaga }) => {
    await ticaga.allowViolations('TM-AUTH-TOKEN')

    await expect(new TicagaClient(ticaga.url, 'an-old-token').closeTicket(8, 1)).rejects.toMatchObject({ status: 401 })
  })

  test('says that Ticaga cannot be reached', async () => {
    await expect(new TicagaClient('http://127.0.0.1:1', 't').closeTicket(8, 1)).rejects.toThrow('Ticaga cannot be reached')
  })
})
