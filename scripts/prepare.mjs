// SPDX-License-Identifier: MIT OR Apache-2.0
/** Puts the Effect diagnostics into the TypeScript compiler, and does nothing where the development tools are not installed. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"

const tools = join(import.meta.dirname, "../node_modules")
const patch = join(tools, "@effect/tsgo/dist/effect-tsgo.cjs")

if (existsSync(patch) && existsSync(join(tools, "typescript"))) {
  const { status } = spawnSync(process.execPath, [patch, "patch"], { stdio: "inherit" })
  if (status !== 0) {
    process.stderr.write(
      "The Effect diagnostics could not be put into the compiler; `npm run check` will not see them here.\n"
    )
  }
}
