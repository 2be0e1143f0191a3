// SPDX-License-Identifier: MIT OR Apache-2.0
import { createHash } from "node:crypto"
import { existsSync, lstatSync, mkdirSync, realpathSync } from "node:fs"
import { tmpdir, userInfo } from "node:os"
import { dirname, isAbsolute, join } from "node:path"

/** What a Unix socket's address holds, in bytes, on Linux. */
const longest = 107

/** A directory of our own in the shared temporary one; never somebody else's who was there first. */
const privateTemporary = (): string => {
  const user = userInfo().uid
  const directory = join(tmpdir(), `blufio-${user}`)
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
  const { mode, uid } = lstatSync(directory)
  if (uid !== user || (mode & 0o077) !== 0 || !lstatSync(directory).isDirectory())
    throw new Error(`${directory} is not ours alone: set XDG_RUNTIME_DIR`)
  return directory
}

/**
 * `blufio.sock` beside the database, links followed; where that path is too long, a name of its own
 * in `$XDG_RUNTIME_DIR` (contract 4), or in a private directory when there is none.
 */
export const socketPath = (databasePath: string, runtimeDir: string | undefined): string => {
  const real = existsSync(databasePath) ? realpathSync(databasePath) : databasePath
  const beside = join(dirname(real), "blufio.sock")
  if (Buffer.byteLength(beside) <= longest) return beside
  const name = createHash("sha256").update(beside).digest("hex").slice(0, 16)
  const directory =
    runtimeDir !== undefined && isAbsolute(runtimeDir) ? runtimeDir : privateTemporary()
  return join(directory, `blufio-${name}.sock`)
}
