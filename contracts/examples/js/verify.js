// Verifies pacts with pact-js's Verifier, in a world of a mock that runs.
import { basename } from 'node:path'
import { Verifier } from '@pact-foundation/pact'

const mock = process.env.TICAGA_MOCK_URL
const pacts = process.argv.slice(2)
if (!mock || pacts.length === 0) {
  console.error('usage: ticaga-mock run -- node verify.js PACT...')
  process.exit(2)
}
const world = process.env.WORLD ?? `verify-${process.pid}`

// example: verifier
await new Verifier({
  provider: 'ticaga',
  providerBaseUrl: `${mock}/w/${world}`,
  providerStatesSetupUrl: `${mock}/_mock/pact/provider-states?world=${world}`,
  pactUrls: pacts,
  logLevel: 'error',
}).verifyProvider()
// end
console.log(`verified ${pacts.map((pact) => basename(pact)).join(', ')}`)
