const assert = require('node:assert/strict')
const { test } = require('node:test')
const { connect, start } = require('ticaga-mock')

test('starts a mock', async () => {
  const mock = await start()
  assert.equal((await mock.control('GET', 'health')).status, 'ok')
  // It is left running on purpose: it must not keep this process alive.
})

test('connects to the mock of the global setup', async () => {
  assert.throws(() => connect(), /TICAGA_MOCK_URL is not set/)
  const stop = await require('ticaga-mock/global-setup')()
  const ticaga = await connect().createWorld()
  assert.ok(ticaga.url.startsWith(`${process.env.TICAGA_URL}/w/test-`))
  await ticaga.end()
  await stop()
})

test('has a fixture for vitest', async () => {
  const mock = await start()
  process.env.TICAGA_MOCK_URL = mock.url
  let url
  await require('ticaga-mock/vitest').ticaga({}, async (ticaga) => (url = ticaga.url))
  assert.ok(url.startsWith(`${mock.url}/w/test-`))
})
