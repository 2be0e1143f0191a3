// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where and of what a measurement was taken; nothing that names the machine or its owner. */
import { spawnSync } from "node:child_process"
import { availableParallelism, loadavg, release, totalmem, type } from "node:os"
import { join } from "node:path"
import { arch, versions } from "node:process"

const root = join(import.meta.dirname, "..")

const git = (...args: ReadonlyArray<string>) => {
  const { status, stdout } = spawnSync("git", args, { cwd: root, encoding: "utf8" })
  return status === 0 ? stdout.trim() : undefined
}

export const commit = () => {
  const changed = git("status", "--porcelain", "--", "src", "scripts", "package-lock.json")
  return {
    commit: git("rev-parse", "HEAD") ?? "unknown",
    uncommitted_changes: changed === undefined ? "unknown" : changed !== ""
  }
}

export const machine = () => ({
  cores: availableParallelism(),
  memory_mb: Math.round(totalmem() / 1e6),
  processor: arch,
  kernel: `${type()} ${release()}`,
  node: versions.node,
  /** Over one minute: what else ran meanwhile makes the numbers worse, not better. */
  load: Math.round(loadavg()[0]! * 100) / 100
})
