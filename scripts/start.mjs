// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Runs `blufio serve` from a checkout: from the bundle, made anew when the source has changed, since
 * the source itself takes half as much memory again; from the source where the bundler is not installed.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, statSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const bundle = join(root, "dist/blufio.mjs")
const source = join(root, "src/cli/main.ts")

const changedAt = (file) => statSync(file).mtimeMs
const inputs = () =>
  [
    ...globSync("{src,skills}/**/*.*", { cwd: root }),
    "package.json",
    "package-lock.json",
    "scripts/build.mjs"
  ].map((file) => join(root, file))
const isFresh = () => existsSync(bundle) && Math.max(...inputs().map(changedAt)) < changedAt(bundle)

const build = () =>
  existsSync(join(root, "node_modules/rolldown")) &&
  spawnSync(process.execPath, [join(root, "scripts/build.mjs"), "--bundle"], {
    stdio: ["ignore", "ignore", "inherit"]
  }).status === 0

const program = isFresh() || build() ? bundle : source
// Takes the place of this process, so that signals reach the daemon and no memory is held twice.
process.execve(
  process.execPath,
  [
    process.execPath,
    "--max-semi-space-size=1",
    // A dependency of the Telegram library looks for it, and Node prints a warning.
    "--no-experimental-webstorage",
    program,
    "serve",
    ...process.argv.slice(2)
  ],
  process.env
)
