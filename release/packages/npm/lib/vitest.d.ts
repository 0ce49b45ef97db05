import type { World } from './index.js'

/**
 * A fixture of vitest, for `test.extend({ ticaga })`: a world for this test only. The test fails if the mock found
 * errors in its requests that it has not allowed.
 */
export declare function ticaga(context: {}, use: (world: World) => Promise<void>): Promise<void>
