// SPDX-License-Identifier: MIT OR Apache-2.0
/** Runs one of the project's scripts as npm does, in a process of its own, and keeps what it printed. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"

const root = join(import.meta.dirname, "../..")

export const runScript = (
  name: string,
  args: ReadonlyArray<string>,
  folderFirstInPath = dirname(process.execPath)
) => {
  const path = [folderFirstInPath, dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter)
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "scripts", name), ...args],
    { cwd: root, encoding: "utf8", env: { PATH: path } }
  )
  return { status, stdout, stderr }
}

/** A file of its own folder under the system's temporary one. */
export const temporaryFile = (name: string, content: string, mode = 0o644): string => {
  const file = join(mkdtempSync(join(tmpdir(), "blufio-test-")), name)
  writeFileSync(file, content, { mode })
  return file
}
