// SPDX-License-Identifier: MIT OR Apache-2.0
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/buildProgram.ts",
    testTimeout: 120_000,
    hookTimeout: 60_000
  }
})
