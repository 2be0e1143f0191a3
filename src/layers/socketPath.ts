// SPDX-License-Identifier: MIT OR Apache-2.0
import { createHash } from "node:crypto"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

/** What a Unix socket's address holds, in bytes, on Linux. */
const longest = 107

/**
 * `blufio.sock` beside the database; where that path is too long, a name of its own in
 * `$XDG_RUNTIME_DIR` (contract 4).
 */
export const socketPath = (databasePath: string, runtimeDir: string | undefined): string => {
  const beside = join(dirname(databasePath), "blufio.sock")
  if (Buffer.byteLength(beside) <= longest) return beside
  const name = createHash("sha256").update(beside).digest("hex").slice(0, 16)
  return join(runtimeDir ?? tmpdir(), `blufio-${name}.sock`)
}
