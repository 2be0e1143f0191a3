// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Schema from "effect/Schema"

/** The file cannot be worked with; `detail` says why and what to do. */
export class DatabaseUnusable extends Schema.TaggedError<DatabaseUnusable>()("DatabaseUnusable", {
  detail: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return this.detail
  }
}
