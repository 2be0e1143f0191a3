// SPDX-License-Identifier: MIT OR Apache-2.0
/** Loaded before the program: kills the process right after it has committed a text (KILL_AFTER). */
import { StatementSync } from "node:sqlite"

const wanted = process.env.KILL_AFTER
const all = StatementSync.prototype.all
let isWritten = false

StatementSync.prototype.all = function (...params) {
  const rows = all.apply(this, params)
  if (/^\s*(INSERT|UPDATE)\b/i.test(this.sourceSQL))
    isWritten ||= params.some((param) => String(param).includes(wanted))
  if (isWritten && /^\s*COMMIT\b/i.test(this.sourceSQL)) process.kill(process.pid, "SIGKILL")
  return rows
}
