'use strict'

const { randomUUID } = require('node:crypto')
const { World } = require('./world.js')

/** A running mock. */
class Mock {
  #stop

  constructor({ url, email, token, controlToken = '', pid, stop = async () => {} }) {
    Object.assign(this, { url, email, token, controlToken, pid })
    this.#stop = stop
  }

  /** Returns a world by its name, whether it exists or not. */
  world(name) {
    return new World(this, name)
  }

  /** Creates a world. */
  async createWorld({ name = `test-${randomUUID()}`, scenario } = {}) {
    await this.control('POST', 'worlds', { name, scenario })
    return this.world(name)
  }

  /** Sends a request to the control API, and returns its answer. */
  async control(method, path, body) {
    const response = await fetch(`${this.url}/_mock/${path}`, {
      method,
      headers: this.controlToken ? { Authorization: `Bearer ${this.controlToken}` } : {},
      body: body === undefined ? undefined : JSON.stringify(body),
    }).catch((error) => {
      // "fetch failed" is all that its own message says.
      throw new Error(`ticaga-mock at ${this.url} does not answer: ${error.cause?.message || error.message}`, { cause: error })
    })
    const text = await response.text()
    const answer = response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text
    // An expectation that does not hold is an answer, too.
    if (!response.ok && answer?.holds === undefined) {
      throw new Error(`ticaga-mock: ${method} /_mock/${path}: ${answer?.detail ?? `status ${response.status}`}`)
    }
    return answer
  }

  /** Stops the mock, unless something else has started it. */
  stop() {
    return this.#stop()
  }
}

/** Returns the mock of `ticaga-mock run`, or of the global setup. */
function connect(env = process.env) {
  if (!env.TICAGA_MOCK_URL) {
    throw new Error('there is no mock: TICAGA_MOCK_URL is not set; use the global setup "ticaga-mock/global-setup", or start the tests with ticaga-mock run')
  }
  return new Mock({
    url: env.TICAGA_MOCK_URL,
    email: env.TICAGA_EMAIL ?? 'admin@ticaga.test',
    token: env.TICAGA_TOKEN ?? 'demo-token',
    controlToken: env.TICAGA_MOCK_CONTROL_TOKEN ?? '',
  })
}

module.exports = { Mock, connect }
