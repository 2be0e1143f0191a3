// SPDX-License-Identifier: MIT OR Apache-2.0
/** HEARTBEAT.md in the workspace. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { join } from "node:path"
import { Checklist } from "../services/heartbeat/Checklist.ts"
import { Settings } from "../services/Settings.ts"
import { workspacePath } from "./workspacePath.ts"

const mostBytes = 64 * 1024

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const workspace = workspacePath(yield* Settings)
  const path = join(workspace, "HEARTBEAT.md")
  const decoder = new TextDecoder()
  return Checklist.of({
    read: fs.open(path, { flag: "r" }).pipe(
      Effect.flatMap((file) => file.readAlloc(mostBytes)),
      Effect.scoped,
      Effect.map(Option.map((bytes) => decoder.decode(bytes))),
      Effect.catch((error) =>
        error.reason._tag === "NotFound"
          ? Effect.succeedNone
          : Effect.as(
              Effect.logWarning(`${path} cannot be read: ${error.reason._tag}`),
              Option.none()
            )
      )
    )
  })
})

export const layer = Layer.effect(Checklist, make)
