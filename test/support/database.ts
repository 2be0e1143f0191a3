// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks into a copy of the database, so that looking changes nothing. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
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
    for (const suffix of ["", "-wal"]) {
      if (existsSync(database + suffix)) copyFileSync(database + suffix, copy + suffix)
    }
    const db = new DatabaseSync(copy)
    const rows = statements.map((sql) => db.prepare(sql).all() as ReadonlyArray<Row>)
    db.close()
    return rows
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
