import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Starts a mock for the tests, unless they run under `ticaga-mock run`. It ends with them. */
export default async function setup() {
  if (process.env.TICAGA_MOCK_URL) return
  const program = process.env.TICAGA_MOCK_BIN || 'ticaga-mock'
  // The command prints the settings, and waits until its input ends, at the latest with this process.
  const command = 'console.log(JSON.stringify(process.env)); process.stdin.resume()'
  const mock = spawn(program, ['run', '--fail-on', 'none', '--', process.execPath, '-e', command])
  let why = ''
  mock.stderr.on('data', (data) => (why ||= data.toString()))
  const closed = new Promise((resolve) => mock.on('close', () => resolve()))
  const failed = new Promise((resolve) => mock.on('error', (error) => resolve(void (why = error.message))))
  const printed = new Promise((resolve) => createInterface(mock.stdout).on('line', resolve))
  const line = await Promise.race([printed, failed, closed])
  if (!line?.startsWith('{')) throw new Error(`"${program}" did not start; install ticaga-mock, or set TICAGA_MOCK_BIN to its path${why && `: ${why.trim()}`}`)
  for (const [name, value] of Object.entries(JSON.parse(line))) {
    if (name.startsWith('TICAGA_')) process.env[name] = value
  }
  return () => {
    mock.stdin.end()
    return closed
  }
}
