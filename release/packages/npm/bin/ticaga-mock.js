#!/usr/bin/env node
'use strict'

const { spawn } = require('node:child_process')
const { findProgram } = require('../lib/program.js')

let program
try {
  program = findProgram()
} catch (error) {
  console.error(`ticaga-mock: ${error.message}`)
  process.exit(127) // as a shell does for a command that is not there
}

const child = spawn(program, process.argv.slice(2), { stdio: 'inherit' })

child.on('error', (error) => {
  console.error(`ticaga-mock: ${program} cannot be run: ${error.message}`)
  process.exit(126)
})

// Ctrl-C reaches the program as well as this process. Sent twice, it would mean haste.
const fromTerminal = process.stdin.isTTY ? ['SIGINT', 'SIGQUIT'] : []
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => fromTerminal.includes(signal) || child.kill(signal))
}

child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal) // so that a shell sees the same end
  } else {
    process.exitCode = code
  }
})
