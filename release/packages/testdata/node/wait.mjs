// Starts a mock, prints its URL, and waits to be killed.
import { start } from 'ticaga-mock'

const mock = await start()
console.log(mock.url)
setInterval(() => {}, 1000)
