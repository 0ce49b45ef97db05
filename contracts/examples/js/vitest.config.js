// example: config
import { defineConfig } from 'vitest/config'

export default defineConfig({ test: { globalSetup: 'ticaga-mock/global-setup' } })
// end
