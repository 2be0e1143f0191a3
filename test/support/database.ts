// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks into a copy of the database, so that looking changes nothing. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

export type Row = Readonly<Record<string, unknown>>

/** Changes with whatever is written. */
const stateOf = (database: string): string =>
  ["", "-wal"]
    .map((suffix) => statSync(database + suffix, { bigint: true, throwIfNoEntry: false }))
    .map((stat) => `${stat?.size} ${stat?.mtimeNs}`)
    .join()

export const query = (
  database: string,
  ...statements: ReadonlyArray<string>
): ReadonlyArray<ReadonlyArray<Row>> => {
  const dir = mkdtempSync(join(tmpdir(), "blufio-look-"))
  try {
    const copy = join(dir, "copy.db")
    // Not `copyFileSync`: it never ends when the log is folded in and cut short meanwhile. When the
    // log was folded in between the two, they do not belong together: they are read anew.
    let [before, after] = ["", "-"]
    while (before !== after) {
      before = stateOf(database)
      for (const suffix of ["", "-wal"]) {
        if (existsSync(database + suffix))
          writeFileSync(copy + suffix, readFileSync(database + suffix))
        else rmSync(copy + suffix, { force: true })
      }
      after = stateOf(database)
    }
    const db = new DatabaseSync(copy)
    const rows = statements.map((sql) => db.prepare(sql).all() as ReadonlyArray<Row>)
    db.close()
    return rows
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
