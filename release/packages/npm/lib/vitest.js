'use strict'

const { connect } = require('./mock.js')

/** A fixture of vitest: a world for this test only. */
// vitest reads from the braces that it needs no other fixture.
async function ticaga({}, use) {
  const world = await connect().createWorld()
  await use(world)
  await world.end()
}

module.exports = { ticaga }
