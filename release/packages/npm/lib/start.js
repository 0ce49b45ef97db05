'use strict'

const { spawn } = require('node:child_process')
const { existsSync } = require('node:fs')
const { createInterface } = require('node:readline')
const { Mock } = require('./mock.js')
const { findProgram } = require('./program.js')

/** Starts a mock. It ends with stop(), and at the latest with this process, even if that is killed. */
async function start({ scenario, fixtures, port = 0, args = [], env = {}, cwd, binary, timeout = 10_000 } = {}) {
  if (cwd !== undefined && !existsSync(cwd)) throw new Error(`ticaga-mock did not start: the folder "${cwd}" does not exist`)
  const environment = { ...process.env, ...env }
  const program = binary ?? findProgram(environment)
  const all = ['serve', '--addr', `127.0.0.1:${port}`, '--log-format', 'json', '--exit-with-stdin']
  if (scenario !== undefined) all.push('--scenario', scenario)
  if (fixtures !== undefined) all.push('--fixtures', fixtures)
  // Its input is a pipe. The end of this process closes it, which ends the mock.
  const child = spawn(program, [...all, ...args], { cwd, env: environment, windowsHide: true })
  const ready = JSON.parse(await firstLine(child, program, timeout))
  const closed = new Promise((resolve) => child.once('close', resolve))
  child.stdout.resume()
  child.stderr.resume()
  const handles = [child, child.stdin, child.stdout, child.stderr]
  handles.forEach((handle) => handle.unref()) // tests that forget stop() end all the same
  return new Mock({
    url: ready.url,
    email: ready.email ?? '',
    token: ready.token ?? '',
    controlToken: ready.control_token ?? environment.TICAGA_MOCK_CONTROL_TOKEN ?? '',
    pid: child.pid,
    async stop() {
      handles.forEach((handle) => handle.ref())
      child.stdin.end()
      await closed
    },
  })
}

/** Returns the line that the mock prints when it is ready, or throws an error that says why there is none. */
async function firstLine(child, program, timeout) {
  let said = ''
  child.stderr.on('data', (data) => (said = (said + data).slice(0, 4096)))
  child.stdin.on('error', () => {}) // it has ended; "close" says so too
  let timer
  try {
    const line = await Promise.race([
      new Promise((resolve) => createInterface(child.stdout).once('line', resolve)),
      new Promise((resolve) => child.once('close', () => resolve())),
      new Promise((resolve) => child.once('error', (error) => resolve(void (said = `${error.message}; set TICAGA_MOCK_BINARY to the path of ticaga-mock`)))),
      new Promise((resolve) => (timer = setTimeout(() => resolve(void (said ||= `it was not ready after ${timeout} ms`)), timeout))),
    ])
    if (line?.startsWith('{')) return line
  } finally {
    clearTimeout(timer)
  }
  child.kill()
  throw new Error(`"${program}" did not start: ${said.trim() || 'it ended without a message'}`)
}

module.exports = { start }
