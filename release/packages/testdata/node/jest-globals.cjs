// What jest has that the example needs: node:test has the same functions, as a module.
const { afterEach, before, beforeEach, test } = require('node:test')

Object.assign(globalThis, { afterEach, beforeEach, test })
before(require('ticaga-mock/global-setup'))
