// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: files of the workspace that go out to people. What lies outside of it is never opened. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** `detail` is a sentence for the person and the model, without a path outside the workspace. */
export class FileUnfit extends Schema.TaggedError<FileUnfit>()("FileUnfit", {
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

export interface OutgoingFile {
  /** Within the workspace, links followed. */
  readonly path: string
  readonly absolutePath: string
  readonly name: string
  readonly bytes: Uint8Array
  /** In hexadecimal. */
  readonly sha256: string
}

export class OutgoingFiles extends Context.Service<
  OutgoingFiles,
  {
    /**
     * Reads a file, whole and once, for as long as `work` takes. Few are in memory at a time: others
     * wait.
     */
    readonly use: <A, E>(
      path: string,
      work: (file: OutgoingFile) => Effect.Effect<A, E>
    ) => Effect.Effect<A, E | FileUnfit>
  }
>()("blufio/services/OutgoingFiles") {}
