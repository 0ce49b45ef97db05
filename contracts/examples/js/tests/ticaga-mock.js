import { test as base } from 'vitest'

/** Vitest's `test`, whose `ticaga` is a fake help desk for this test only. */
export const test = base.extend({
  ticaga: async ({}, use) => {
    const ticaga = new World(`test-${crypto.randomUUID()}`)
    await ticaga.control('POST', '', { name: ticaga.name })
    await use(ticaga)
    const violations = await ticaga.violations()
    await ticaga.control('DELETE', ticaga.name)
    if (violations) throw new Error(`the mock found errors in the requests:${violations}`)
  },
})

class World {
  #allowed = []

  constructor(name) {
    this.name = name
    this.url = `${process.env.TICAGA_MOCK_URL}/w/${name}` // for the plugin's settings
    this.token = process.env.TICAGA_TOKEN ?? 'demo-token'
  }

  /** Sets up one of `ticaga-mock pact states`, and returns its values, such as the ID of a customer. */
  async given(state, params = {}) {
    const values = await this.control('POST', `${this.name}/pact/provider-states`, { state, params })
    await this.allowViolations() // again, because the state has reset the world
    return values
  }

  /** Says that the test sends something wrong on purpose: codes of violations such as TM-AUTH-TOKEN. */
  async allowViolations(...codes) {
    this.#allowed.push(...codes)
    await this.control('PUT', `${this.name}/settings`, { allow: this.#allowed })
  }

  /** Returns undefined if the plugin has sent a request with this body once, or else what it has sent instead. */
  async missing(operation, body) {
    const result = await this.control('POST', `${this.name}/verify`, { operation, body, count: 1 })
    return result.holds ? undefined : result
  }

  /** Returns the errors that the test has not allowed, with their fixes. */
  async violations() {
    const { exchanges } = await this.control('GET', `${this.name}/journal?violations=true`)
    return exchanges
      .flatMap(({ method, path, status, violations }) => violations.map((v) => ({ ...v, request: `${method} ${path} ${status}` })))
      .filter((v) => v.severity === 'error' && !v.allowed)
      .map((v) => `\n${v.request}: ${v.message}\n  fix: ${v.fix} [${v.code}]`)
      .join('')
  }

  async control(method, path, body) {
    const response = await fetch(`${process.env.TICAGA_MOCK_URL}/_mock/worlds/${path}`.replace(/\/$/, ''), {
      method,
      headers: { Authorization: `Bearer ${process.env.TICAGA_MOCK_CONTROL_TOKEN ?? ''}` },
      body: body && JSON.stringify(body),
    })
    const answer = JSON.parse((await response.text()) || 'null')
    if (!response.ok && response.status !== 409) throw new Error(`ticaga-mock: ${answer.detail}`)
    return answer
  }
}
