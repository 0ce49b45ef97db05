/** Ticaga did not do what the plugin asked for. */
export class TicagaError extends Error {
  /**
   * @param {number} status the HTTP status of the answer, or 0 if none came
   * @param {Record<string, string[]>} errors what is wrong with each field, if Ticaga says so
   */
  constructor(message, status = 0, errors = {}) {
    super(message)
    this.name = 'TicagaError'
    this.status = status
    this.errors = errors
  }
}

/** Sends a plugin's requests to the API of a Ticaga help desk. */
export class TicagaClient {
  #url
  #token

  constructor(url, token) {
    this.#url = url.replace(/\/+$/, '')
    this.#token = token
  }

  /** Returns a Ticaga customer. */
  async customer(customerId) {
    const answer = await this.#send('GET', `customers/get/${customerId}`)
    return answer.user
  }

  /** Links a client of the billing system to a Ticaga customer, and reports whether it did. */
  async linkAccount(clientId, customerId) {
    const fields = { ticaga_id: customerId, billing_id: clientId, billing_system: 'blesta' }
    const answer = await this.#send('POST', 'customers/assign', fields)
    return answer.user === true
  }

  /** Opens a ticket of a customer, and returns its ID. */
  async openTicket(customerId, department, subject, message) {
    const fields = { customer_id: customerId, department_slug: department, subject, message, priority: 'low' }
    const answer = await this.#send('POST', 'tickets/create', fields)
    return answer.id.id
  }

  /** Closes a ticket of a customer. */
  async closeTicket(customerId, ticketId) {
    await this.#send('POST', 'tickets/close', { customer_id: customerId, ticket_id: ticketId })
  }

  async #send(method, action, fields) {
    const headers = { Authorization: `Bearer ${this.#token}`, Accept: 'application/json' }
    if (fields) headers['Content-Type'] = 'application/json'
    let response, text
    try {
      response = await fetch(`${this.#url}/api/${action}`, {
        method,
        headers,
        body: fields && JSON.stringify(fields),
        signal: AbortSignal.timeout(10_000),
      })
      text = await response.text()
    } catch (error) {
      throw new TicagaError(`Ticaga cannot be reached: ${error.cause?.message ?? error.message}`)
    }
    const answer = decode(text)
    if (response.ok && answer && !answer.error) return answer
    // Ticaga explains a refusal in "error" or in "message", and what is wrong with each field in "errors". Its
    // documentation names no statuses, so an "error" counts with any.
    const reason = answer?.error ?? answer?.message ?? 'this is not JSON'
    throw new TicagaError(`Ticaga answered with status ${response.status}: ${reason}`, response.status, answer?.errors)
  }
}

function decode(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
