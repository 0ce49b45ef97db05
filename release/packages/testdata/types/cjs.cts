import ticagaMock = require('ticaga-mock')
import setup = require('ticaga-mock/global-setup')

export const url: Promise<string> = ticagaMock.start().then((mock) => mock.url)
export const stop: Promise<(() => Promise<void>) | undefined> = setup()
