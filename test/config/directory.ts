// SPDX-License-Identifier: MIT OR Apache-2.0
/** A directory of its own for each test: configuration is written there and loaded from there. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { Environment } from "../../src/layers/config/Environment.ts"
import { load } from "../../src/layers/config/TomlSettings.ts"

export const nodeServices = NodeServices.layer

/** Writes files (by path within a new directory) and answers with that directory. */
export const directoryWith = Effect.fnUntraced(function* (files: Readonly<Record<string, string>>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* fs.realPath(yield* fs.makeTempDirectoryScoped({ prefix: "blufio-config-" }))
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name)
    yield* fs.makeDirectory(path.dirname(file), { recursive: true })
    yield* fs.writeFileString(file, text)
  }
  return root
})

/** Loads a text as the file that `--config` names, in an environment of nothing but `variables`. */
export const loadText = Effect.fnUntraced(function* (
  text: string,
  variables: Readonly<Record<string, string>> = {}
) {
  const root = yield* directoryWith({ "blufio.toml": text })
  const loaded = yield* load({ configPath: Option.some(`${root}/blufio.toml`) }).pipe(
    Effect.provideService(Environment, { HOME: `${root}/home`, ...variables })
  )
  return { ...loaded, root }
})

/** The faults of a text, each as `line: key: expected; hint` (or variable instead of line). */
export const faultsOf = (text: string, variables: Readonly<Record<string, string>> = {}) =>
  loadText(text, variables).pipe(
    Effect.flip,
    Effect.map(({ message }) =>
      message.split("\n").map((line) => line.replace(/^\/.*?blufio\.toml(:|$)/, ""))
    )
  )
