// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks into a copy of the database, so that looking changes nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

export type Row = Readonly<Record<string, unknown>>

export const query = (
  database: string,
  ...statements: ReadonlyArray<string>
): ReadonlyArray<ReadonlyArray<Row>> => {
  const dir = mkdtempSync(join(tmpdir(), "blufio-look-"))
  try {
    const copy = join(dir, "copy.db")
    // Not `copyFileSync`: it never ends when the log is folded in and cut short meanwhile.
    for (const suffix of ["", "-wal"]) {
      if (existsSync(database + suffix))
        writeFileSync(copy + suffix, readFileSync(database + suffix))
    }
    const db = new DatabaseSync(copy)
    const rows = statements.map((sql) => db.prepare(sql).all() as ReadonlyArray<Row>)
    db.close()
    return rows
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
