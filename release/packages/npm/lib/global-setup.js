'use strict'

const { start } = require('./start.js')

/**
 * Starts a mock for all tests, unless they run under `ticaga-mock run`, and says in the environment where it is.
 * TICAGA_MOCK_SCENARIO and the like are its settings. A global setup of vitest and of jest.
 */
async function setup() {
  if (process.env.TICAGA_MOCK_URL) return
  const mock = await start()
  Object.assign(process.env, { TICAGA_URL: mock.url, TICAGA_EMAIL: mock.email, TICAGA_TOKEN: mock.token, TICAGA_MOCK_URL: mock.url })
  if (mock.controlToken) process.env.TICAGA_MOCK_CONTROL_TOKEN = mock.controlToken
  return () => mock.stop() // vitest calls it; under jest the mock ends with the process
}

module.exports = setup
