// SPDX-License-Identifier: MIT OR Apache-2.0
import { inject } from "vitest"
import { join } from "node:path"

/** The project's own Node, and the program's bundle: four times faster to start than its source. */
export const node = join(import.meta.dirname, "../../node_modules/.bin/node")
export const program = inject("program")
