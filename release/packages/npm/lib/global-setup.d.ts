/**
 * Starts a mock for all tests, unless they run under `ticaga-mock run`, and says in the environment where it is.
 * `TICAGA_MOCK_SCENARIO` and the like are its settings. A global setup of vitest and of jest.
 */
declare function setup(): Promise<(() => Promise<void>) | undefined>
export = setup
