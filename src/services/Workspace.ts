// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the directory that file tools see, where what people send is put under names of ours. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

/** `detail` names no path but those of ours. */
export class WorkspaceFailed extends Schema.TaggedError<WorkspaceFailed>()("WorkspaceFailed", {
  detail: Schema.String
}) {
  override get message(): string {
    return `the workspace failed: ${this.detail}`
  }
}

/** Of the workspace: what people sent. */
export const receivedDirectory = "received"

export interface Saved {
  /** Within the workspace. */
  readonly path: string
  /** For programs that are started from here. */
  readonly absolutePath: string
  readonly size: number
  readonly sha256: string
  /** As its bytes say. */
  readonly mediaType: string
}

export class Workspace extends Context.Service<
  Workspace,
  {
    /**
     * Streams to a new file, which stands under its name once it is complete and not before. The
     * same content on the same day gets the same name.
     */
    readonly receive: <E>(
      bytes: Stream.Stream<Uint8Array, E>,
      day: string
    ) => Effect.Effect<Saved, E | WorkspaceFailed>
    readonly read: (saved: Saved) => Effect.Effect<Uint8Array, WorkspaceFailed>
  }
>()("blufio/services/Workspace") {}
