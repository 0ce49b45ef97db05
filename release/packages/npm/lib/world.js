'use strict'

/** How many violations the message of an error lists: a loop in a test makes thousands. */
const listed = 20

/** Thrown by World.end if the mock found errors in requests that nobody has allowed. */
class ViolationsError extends Error {
  constructor(violations) {
    const list = violations.slice(0, listed).map((v) => `\n${v.request}: ${v.message}\n  fix: ${v.fix} [${v.code}]`)
    if (violations.length > listed) list.push(`\nand ${violations.length - listed} more`)
    super(`the mock found errors in the requests:${list.join('')}`)
    this.name = 'ViolationsError'
    this.violations = violations
  }
}

/** A world: an isolated copy of the data, for one test. */
class World {
  #mock
  #allowed = []

  constructor(mock, name) {
    this.#mock = mock
    this.name = name
    this.url = `${mock.url}/w/${name}`
    this.email = mock.email
    this.token = mock.token
  }

  /** Sets up one of `ticaga-mock pact states`, and returns its values, such as the ID of a customer. */
  async given(state, params = {}) {
    const values = await this.control('POST', 'pact/provider-states', { state, params })
    if (this.#allowed.length > 0) await this.allowViolations() // again, because the state has reset the world
    return values
  }

  /** Says that the test sends something wrong on purpose: codes of violations such as TM-AUTH-TOKEN. */
  async allowViolations(...codes) {
    this.#allowed.push(...codes)
    await this.settings({ allow: this.#allowed })
  }

  /** Changes settings. */
  async settings(settings) {
    await this.control('PUT', 'settings', settings)
  }

  /** Adds a fault for the requests that match. */
  async fault(rule) {
    await this.control('POST', 'faults', rule)
  }

  /** Sets the clock, or stops it. */
  async clock(clock) {
    await this.control('PUT', 'clock', clock)
  }

  /** Restores the original data and settings, or loads a scenario, and empties the journal. */
  async reset(scenario) {
    await this.control('POST', 'reset', { scenario })
    this.#allowed = []
  }

  /** Checks what the plugin has sent, and returns the result. */
  verify(expectation) {
    return this.control('POST', 'verify', expectation)
  }

  /** Throws an error with the near misses, unless the plugin has sent this, once. */
  async assertSent(operation, body, more = { count: 1 }) {
    const { holds, explanation, misses = [] } = await this.verify({ operation, body, ...more })
    if (holds) return
    const lines = misses.flatMap(({ method, path, status, differences }) => [
      `${method} ${path} ${status}`,
      ...differences.map((d) => `  ${d.at}: expected ${JSON.stringify(d.want ?? null)}, got ${JSON.stringify(d.got ?? null)}`),
    ])
    throw new Error([explanation, ...lines].join('\n'))
  }

  /** Returns exchanges, the newest first. */
  async journal(filter = {}) {
    const { exchanges } = await this.control('GET', `journal?${new URLSearchParams(filter)}`)
    return exchanges
  }

  /** Returns what is wrong with the requests, the oldest first. */
  async violations() {
    const exchanges = await this.journal({ violations: true })
    return exchanges.reverse().flatMap(({ method, path, status, violations }) =>
      violations.map((v) => ({ ...v, request: `${method} ${path} ${status}` })))
  }

  /** Removes the world. Throws a ViolationsError if it has errors that nobody has allowed. */
  async end({ failOn = process.env.TICAGA_MOCK_FAIL_ON || 'error' } = {}) {
    if (!['error', 'warning', 'none'].includes(failOn)) {
      throw new Error(`failOn or TICAGA_MOCK_FAIL_ON "${failOn}": must be error, warning or none`)
    }
    const violations = await this.violations()
    await this.control('DELETE', '')
    const bad = violations.filter((v) => !v.allowed && (v.severity === failOn || v.severity === 'error'))
    if (failOn !== 'none' && bad.length > 0) throw new ViolationsError(bad)
  }

  /** Sends a request about this world to the control API, and returns its answer. */
  control(method, path, body) {
    return this.#mock.control(method, `worlds/${this.name}${path && `/${path}`}`, body)
  }
}

module.exports = { ViolationsError, World }
