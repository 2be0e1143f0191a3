// SPDX-License-Identifier: MIT OR Apache-2.0
/** Once for a whole run of the tests: bundles the program that they start, as users get it. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env } from "node:process"
import { programVariable } from "./program.ts"

const root = join(import.meta.dirname, "../..")

export default () => {
  const out = mkdtempSync(join(tmpdir(), "blufio-program-"))
  const args = [join(root, "scripts/build.mjs"), "--bundle", "--out", out]
  execFileSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] })
  env[programVariable] = join(out, "blufio.mjs")
  return () => rmSync(out, { recursive: true })
}
