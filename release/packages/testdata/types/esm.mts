import setup from 'ticaga-mock/global-setup'
import { ticaga } from 'ticaga-mock/vitest'
import { start, type Exchange, type Mock, type World } from 'ticaga-mock'

const mock: Mock = await start({ scenario: 'busy', args: ['--lenient'], port: 0 })
const world: World = await mock.createWorld()
await world.fault({ operation: 'createTicket', status: 429, times: 1 })
const exchanges: Exchange[] = await world.journal({ violations: true, limit: 3 })
const codes: string[] = exchanges.flatMap((x) => x.violations.map((v) => v.code))
await world.assertSent('assignBillingId', { ticaga_id: 8 }, { at_least: 1, within: '3s' })
await world.end({ failOn: 'warning' })
await ticaga({}, async (w: World) => void w.url)
const stop: (() => Promise<void>) | undefined = await setup()
export { codes, stop }

// @ts-expect-error there is no such option
await start({ scenari: 'busy' })
// @ts-expect-error a status is a number
await world.fault({ status: '429' })
