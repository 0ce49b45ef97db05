/** What a mock starts with. */
export interface StartOptions {
  /** Name of the scenario, the data that it starts with; the default is "default". */
  scenario?: string
  /** Folder or zip with fixtures of your own, instead of a scenario. */
  fixtures?: string
  /** Port of 127.0.0.1 to listen on; the default is a free one. */
  port?: number
  /** More flags of `ticaga-mock serve`. */
  args?: string[]
  /** Variables that the mock's environment has besides those of this process. */
  env?: Record<string, string>
  /** Folder that the mock runs in. */
  cwd?: string
  /** Path of the program, instead of TICAGA_MOCK_BINARY and of the one that was installed. */
  binary?: string
  /** How long the mock may take to start, in milliseconds; the default is 10,000. */
  timeout?: number
}

/**
 * Starts a mock. It ends with `stop()`, and at the latest with this process, even if that is killed.
 * The promise is rejected with what the mock said if it does not start.
 */
export declare function start(options?: StartOptions): Promise<Mock>

/** Returns the mock of `ticaga-mock run`, or of the global setup; throws if there is none. */
export declare function connect(env?: Record<string, string | undefined>): Mock

/** A running mock. */
export declare class Mock {
  private constructor()
  /** Base URL of the default world, for the plugin's settings, without a slash at the end. */
  readonly url: string
  /** E-mail address for the plugin's settings; "" if the mock checks no credentials. */
  readonly email: string
  /** API token for the plugin's settings; "" if the mock checks no credentials. */
  readonly token: string
  /** Token of the control API; "" if it needs none. */
  readonly controlToken: string
  /** ID of the process, if `start` has started it. */
  readonly pid?: number
  /** Returns a world by its name, whether it exists or not. */
  world(name: string): World
  /** Creates a world, with a name that no other has and the scenario of the mock unless you name others. */
  createWorld(options?: { name?: string; scenario?: string }): Promise<World>
  /** Sends a request to the control API, such as `control('GET', 'worlds')`, and returns its answer. */
  control(method: string, path: string, body?: unknown): Promise<any>
  /** Stops the mock after the requests in flight. Does nothing if something else has started it. */
  stop(): Promise<void>
}

/** A world: an isolated copy of the data, for one test. */
export declare class World {
  private constructor()
  readonly name: string
  /** Base URL for the plugin's settings, without a slash at the end. */
  readonly url: string
  /** E-mail address for the plugin's settings. */
  readonly email: string
  /** API token for the plugin's settings. */
  readonly token: string
  /** Sets up one of `ticaga-mock pact states`, and returns its values, such as the ID of a customer. */
  given(state: string, params?: Record<string, string | number | boolean>): Promise<Record<string, any>>
  /** Says that the test sends something wrong on purpose: codes of violations such as TM-AUTH-TOKEN. */
  allowViolations(...codes: string[]): Promise<void>
  /** Changes settings, such as `{ unknown_customer: 404 }`. */
  settings(settings: Record<string, unknown>): Promise<void>
  /** Adds a fault for the requests that match. */
  fault(rule: FaultRule): Promise<void>
  /** Sets the clock, or stops it. */
  clock(clock: { now?: string; still?: boolean }): Promise<void>
  /** Restores the original data and settings, or loads a built-in scenario, and empties the journal. */
  reset(scenario?: string): Promise<void>
  /** Checks what the plugin has sent, and returns the result. */
  verify(expectation: Expectation): Promise<Verification>
  /** Throws an error with the near misses, unless the plugin has sent this; once, unless `more` has another count. */
  assertSent(operation: string, body?: Record<string, unknown>, more?: Expectation): Promise<void>
  /** Returns exchanges, the newest first, as far as the journal still has them. */
  journal(filter?: JournalFilter): Promise<Exchange[]>
  /** Returns what is wrong with the requests, the oldest first. */
  violations(): Promise<(Violation & { request: string })[]>
  /**
   * Removes the world. Throws a ViolationsError if the requests had errors that the test has not allowed, or what else
   * `failOn` or TICAGA_MOCK_FAIL_ON says.
   */
  end(options?: { failOn?: 'error' | 'warning' | 'none' }): Promise<void>
  /** Sends a request about this world to the control API, such as `control('GET', 'state')`. */
  control(method: string, path: string, body?: unknown): Promise<any>
}

/** Thrown by `World.end` if the mock found errors in requests that nobody has allowed. Its message has the fixes. */
export declare class ViolationsError extends Error {
  private constructor()
  readonly violations: (Violation & { request: string })[]
}

/** Which requests match. A field that is left out matches anything. */
export interface Matcher {
  /** An operationId, such as "assignBillingId". */
  operation?: string
  method?: string
  path?: string
  /** Some of the body's fields. */
  body?: Record<string, unknown>
  query?: Record<string, unknown>
  headers?: Record<string, string | null>
  credentials?: 'basic' | 'bearer' | 'header' | 'none'
  /** Codes of violations that the request has. */
  violations?: string[]
}

/** What a client should have done: at least once, unless a count says otherwise. */
export interface Expectation extends Matcher {
  count?: number
  at_least?: number
  at_most?: number
  in_order?: Matcher[]
  nothing_else?: boolean
  /** How long to wait, such as "500ms" or "3s". */
  within?: string
}

/** Whether an expectation holds. */
export interface Verification {
  holds: boolean
  impossible?: boolean
  explanation: string
  /** IDs of the requests that match. */
  matched: number[]
  /** The most similar requests, if it does not hold. */
  misses?: {
    id: number
    operation?: string
    method: string
    path: string
    status: number
    differences: { at: string; want: unknown; got?: unknown }[]
  }[]
}

/** A failure for the requests that match. It needs a status, a fault or a delay. */
export interface FaultRule {
  operation?: string
  match?: Matcher
  status?: number
  fault?: 'reset' | 'empty' | 'truncate' | 'garbage' | 'html' | 'redirect' | 'slow'
  delay_ms?: number
  delay_max_ms?: number
  probability?: number
  /** How often; 0, the default, for always. */
  times?: number
}

/** Which exchanges to return. */
export interface JournalFilter {
  operation?: string
  method?: string
  /** Its beginning, with or without /w/NAME. */
  path?: string
  /** A status, such as 401, or a class of statuses, such as "4xx". */
  status?: number | string
  /** Only those with violations, or without. */
  violations?: boolean
  /** After the exchange with this ID, or after a time. */
  since?: number | string
  /** The newest ones. */
  limit?: number
}

/** One request and its answer, without secrets. */
export interface Exchange {
  id: number
  time: string
  world: string
  operation?: string
  method: string
  path: string
  query?: string
  credentials: 'basic' | 'bearer' | 'header' | 'none'
  request: Message
  status: number
  response: Message
  refusal?: string
  remark?: string
  fault?: string
  violations: Violation[]
  took_ns: number
}

export interface Message {
  header?: Record<string, string[]>
  body?: string
  truncated?: boolean
}

/** One thing in a request that the contract does not expect. */
export interface Violation {
  /** `ticaga-mock explain CODE` has a page about it. */
  code: string
  severity: 'error' | 'warning'
  in: 'body' | 'connection' | 'header' | 'method' | 'path' | 'query'
  at?: string
  message: string
  expected?: string
  got?: string
  /** What to do. */
  fix: string
  allowed?: boolean
  line?: number
  evidence?: 'documented' | 'observed' | 'inferred'
  source?: string[]
  docs?: string
}
