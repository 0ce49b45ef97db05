// example: jest
const { connect } = require('ticaga-mock')

let ticaga
beforeEach(async () => (ticaga = await connect().createWorld()))
afterEach(() => ticaga.end()) // fails the test if a request was wrong

test('links an account', async () => {
  await linkAccount(ticaga.url, ticaga.token, 42, 8) // your code

  await ticaga.assertSent('assignBillingId', { ticaga_id: 8, billing_id: 42 })
})
// end

async function linkAccount(url, token, billing_id, ticaga_id) {
  await fetch(`${url}/api/customers/assign`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
    body: new URLSearchParams({ ticaga_id, billing_id, billing_system: 'blesta' }),
  })
}
