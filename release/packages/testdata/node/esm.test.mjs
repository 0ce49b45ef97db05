import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from 'ticaga-mock'

// example: node
let mock
before(async () => (mock = await start()))
after(() => mock.stop())

test('links an account', async () => {
  const ticaga = await mock.createWorld()
  await ticaga.given('customer 8 is not linked')

  const answer = await linkAccount(ticaga.url, ticaga.token, 42, 8) // your code

  assert.equal(answer.user, true)
  await ticaga.assertSent('assignBillingId', { ticaga_id: 8, billing_id: 42 })
  await ticaga.end() // fails the test if a request was wrong
})
// end

async function send(url, token, path, fields) {
  const response = await fetch(`${url}/api/${path}`, {
    method: fields ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${token}`, Accept: 'application/json', 'Content-Type': 'application/json' },
    body: fields && JSON.stringify(fields),
  })
  return { status: response.status, ...(await response.json()) }
}

function linkAccount(url, token, billing_id, ticaga_id) {
  return send(url, token, 'customers/assign', { ticaga_id, billing_id, billing_system: 'blesta' })
}

test('explains what is wrong', async () => {
  const ticaga = await mock.createWorld()
  const answer = await send(ticaga.url, ticaga.token, 'customers/assign', { ticaga_id: 8, biling_id: 42, billing_system: 'blesta' })
  assert.equal(answer.status, 422)
  await assert.rejects(ticaga.assertSent('assignBillingId', { ticaga_id: 9 }), /body \/ticaga_id: expected 9, got 8/)
  await assert.rejects(ticaga.end(), (error) => {
    assert.equal(error.name, 'ViolationsError')
    assert.match(error.message, /fix: rename "biling_id" to "billing_id".* \[TM-BODY-REQUIRED\]/)
    assert.ok(error.violations.every((v) => v.code === 'TM-BODY-REQUIRED'))
    return true
  })
})

test('lists the first of many violations', async () => {
  const ticaga = await mock.createWorld()
  for (let i = 0; i < 25; i++) await send(ticaga.url, ticaga.token, 'no-such-path')
  await assert.rejects(ticaga.end(), (error) => {
    assert.equal(error.violations.length, 25)
    assert.equal(error.message.match(/TM-PATH-UNKNOWN/g).length, 20)
    assert.match(error.message, /\nand 5 more$/)
    return true
  })
})

test('allows violations, after a provider state too', async () => {
  const ticaga = await mock.createWorld()
  await ticaga.allowViolations('TM-AUTH-TOKEN')
  await ticaga.given('customer 8 is not linked')
  assert.equal((await send(ticaga.url, 'an-old-token', 'customers/get/8')).status, 401)
  await ticaga.end()
})

test('fails on what it is asked to', async () => {
  const ticaga = await mock.createWorld()
  await fetch(`${ticaga.url}/api/customers/get/8`, { headers: { Authorization: `Bearer ${ticaga.token}` } }) // no Accept
  await assert.rejects(ticaga.end({ failOn: 'warning' }), /TM-HEADER-ACCEPT/)

  const other = await mock.createWorld()
  await fetch(`${other.url}/api/no-such-path`)
  assert.notEqual((await other.violations()).length, 0)
  process.env.TICAGA_MOCK_FAIL_ON = 'none'
  await other.end()
  delete process.env.TICAGA_MOCK_FAIL_ON

  const third = await mock.createWorld()
  await assert.rejects(third.end({ failOn: 'eror' }), /TICAGA_MOCK_FAIL_ON "eror": must be error, warning or none/)
})

test('adds faults and settings, and takes them back', async () => {
  const ticaga = await mock.createWorld({ name: 'blue' })
  await ticaga.fault({ operation: 'getCustomer', status: 429, times: 1 })
  await ticaga.settings({ unknown_customer: 404 })
  await ticaga.clock({ now: '2026-01-01T00:00:00Z', still: true })
  assert.equal((await send(ticaga.url, ticaga.token, 'customers/get/8')).status, 429)
  assert.equal((await send(ticaga.url, ticaga.token, 'customers/get/77')).status, 404)
  assert.deepEqual((await ticaga.journal({ status: '4xx', limit: 1 })).map((x) => x.path), ['/w/blue/api/customers/get/77'])
  await ticaga.reset()
  assert.equal((await send(ticaga.url, ticaga.token, 'customers/get/77')).status, 401)
  assert.equal((await ticaga.verify({ operation: 'getCustomer', count: 2 })).holds, false)
  assert.equal((await mock.world('blue').journal()).length, 1)
  await ticaga.end()
})

test('begins with a scenario', async () => {
  const ticaga = await mock.createWorld({ scenario: 'empty' })
  assert.equal((await ticaga.control('GET', 'customers')).customers.length, 0)
  await ticaga.reset('default')
  assert.notEqual((await ticaga.control('GET', 'customers')).customers.length, 0)
  await ticaga.end()
})

test('says why a mock does not start', async () => {
  await assert.rejects(start({ scenario: 'defualt' }), /did not start: ticaga-mock: --scenario "defualt": .*default/)
  await assert.rejects(start({ binary: '/no/such/program' }), /"\/no\/such\/program" did not start: .*set TICAGA_MOCK_BINARY/)
  await assert.rejects(start({ cwd: '/no/such/folder' }), /the folder "\/no\/such\/folder" does not exist/)
  await assert.rejects(start({ binary: process.execPath, args: ['--version'] }), /did not start: /)
})

test('starts as it is told, and stops twice', async () => {
  const other = await start({ scenario: 'busy', args: ['--token', 'my-token', '--control-token', 'sixteen-characters'], env: { TICAGA_MOCK_EMAIL: 'me@example.com', TICAGA_MOCK_CONTROL_TOKEN: 'sixteen-characters' } })
  assert.deepEqual([other.email, other.token], ['me@example.com', 'my-token'])
  assert.equal((await other.control('GET', 'health')).scenario, 'busy')
  await other.stop()
  await other.stop()
  await assert.rejects(other.createWorld(), /ticaga-mock at http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/)
})
