'use strict'

const { readdirSync } = require('node:fs')
const { join } = require('node:path')

/** The platforms that have a package with the program: process.platform and process.arch. */
const platforms = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64']

/** Returns the path of the program: TICAGA_MOCK_BINARY, or the one in the package for this platform. */
function findProgram(env = process.env, platform = `${process.platform}-${process.arch}`) {
  if (env.TICAGA_MOCK_BINARY) return env.TICAGA_MOCK_BINARY
  if (!platforms.includes(platform)) {
    throw new Error(`there is no package for ${platform}; build the program with Go, and set TICAGA_MOCK_BINARY to its path`)
  }
  const name = `@ticaga-mock/${platform}`
  try {
    return require.resolve(`${name}/bin/ticaga-mock${platform.startsWith('win32') ? '.exe' : ''}`)
  } catch {
    const others = installed()
    const why = others.length > 0
      ? `but ${others.join(' and ')}: node_modules is from another platform. Run npm ci on this one`
      : 'perhaps because optional dependencies were left out. Install ticaga-mock again, without --omit=optional'
    throw new Error(`the package ${name} is not installed, ${why}, or set TICAGA_MOCK_BINARY to the path of the program`)
  }
}

/** Returns the packages with the program that are installed beside this one. */
function installed() {
  try {
    const folder = join(__dirname, '..', '..', '@ticaga-mock')
    return readdirSync(folder).filter((name) => platforms.includes(name)).map((name) => `@ticaga-mock/${name}`)
  } catch {
    return []
  }
}

module.exports = { findProgram }
