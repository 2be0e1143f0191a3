// SPDX-License-Identifier: MIT OR Apache-2.0
import { join } from "node:path"
import { env } from "node:process"

/** Where a run of the tests keeps the path of the bundle that it made. */
export const programVariable = "BLUFIO_TEST_PROGRAM"

/** The project's own Node, and the program's bundle: four times faster to start than its source. */
export const node = join(import.meta.dirname, "../../node_modules/.bin/node")
export const program = env[programVariable] ?? join(import.meta.dirname, "../../src/index.ts")
