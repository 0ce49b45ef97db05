'use strict'

const { Mock, connect } = require('./mock.js')
const { start } = require('./start.js')
const { ViolationsError, World } = require('./world.js')

module.exports = { Mock, ViolationsError, World, connect, start }
