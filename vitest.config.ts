// SPDX-License-Identifier: MIT OR Apache-2.0
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/buildProgram.ts",
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // The tests wait more than they compute: the core that is left free by default is used too.
    maxWorkers: "100%"
  }
})
