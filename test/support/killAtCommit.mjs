// SPDX-License-Identifier: MIT OR Apache-2.0
/** Loaded before the program: kills the process right after its n-th commit (KILL_AT_COMMIT), counted from the first statement that holds KILL_FROM. */
import { StatementSync } from "node:sqlite"

const wanted = Number(process.env.KILL_AT_COMMIT)
let isCounting = process.env.KILL_FROM === undefined
const all = StatementSync.prototype.all
let depth = 0
let commits = 0

const isCommit = (sql) => {
  if (/^\s*BEGIN\b/i.test(sql)) depth = 1
  if (/^\s*ROLLBACK\s*$/i.test(sql)) depth = 0
  if (/^\s*COMMIT\b/i.test(sql)) {
    depth = 0
    return true
  }
  return depth === 0 && /^\s*(INSERT|UPDATE|DELETE)\b/i.test(sql)
}

StatementSync.prototype.all = function (...params) {
  const rows = all.apply(this, params)
  if (!isCounting) isCounting = this.sourceSQL.includes(process.env.KILL_FROM)
  if (isCommit(this.sourceSQL) && isCounting && ++commits === wanted)
    process.kill(process.pid, "SIGKILL")
  return rows
}
