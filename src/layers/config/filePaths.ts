// SPDX-License-Identifier: MIT OR Apache-2.0
/** Makes the paths in the configuration absolute: relative ones start where they were written. */
import * as Effect from "effect/Effect"
import * as Path from "effect/Path"
import type { KeyPath } from "../../domain/settings/keys.ts"
import { directories } from "./directories.ts"
import { getAt, isTable, type Places, setAt, type Table } from "./tree.ts"

const pathKeys: ReadonlyArray<KeyPath> = [
  ["storage", "path"],
  ["agent", "system_prompt_file"],
  ["agent", "personality_files"],
  ["gateway", "tls_cert"],
  ["gateway", "tls_key"],
  ["tools", "workspace"],
  ["skills", "dirs"]
]

/** Paths of the file start in its directory, those of the environment in the working directory. */
export const resolvePaths = Effect.fnUntraced(function* (
  table: Table,
  places: Places,
  file: { readonly name: string; readonly path: string }
) {
  const path = yield* Path.Path
  const { home } = yield* directories

  const resolve = (base: string, written: string): string => {
    if (written === "") return written
    if (written === "~" || written.startsWith("~/")) return path.join(home, written.slice(1))
    return path.resolve(base, written)
  }

  const baseOf = (key: KeyPath) =>
    places.find(key).file === file.name ? path.dirname(file.path) : path.resolve()

  const rewrite = (key: KeyPath) => {
    const value = getAt(table, key)
    const base = baseOf(key)
    if (typeof value === "string") setAt(table, key, resolve(base, value))
    if (Array.isArray(value)) {
      const resolved = value.map((one: unknown) =>
        typeof one === "string" ? resolve(base, one) : one
      )
      setAt(table, key, resolved)
    }
  }

  /** A program is a path where it is written as one; a bare name is looked for in $PATH. */
  const command: KeyPath = ["transcription", "command"]
  const words = getAt(table, command)
  if (Array.isArray(words) && typeof words[0] === "string" && words[0].includes("/")) {
    setAt(table, command, [resolve(baseOf(command), words[0]), ...words.slice(1)])
  }

  const agents = getAt(table, ["agents"])
  const names = isTable(agents) ? Object.keys(agents) : []
  const personas = names.map((name): KeyPath => ["agents", name, "persona"])
  for (const key of [...pathKeys, ...personas]) rewrite(key)
})
