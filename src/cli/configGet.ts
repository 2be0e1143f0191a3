// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks one key or section up among the effective settings and spells it as in the file. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { formatKey, type KeyPath, nodeAt } from "../domain/settings/keys.ts"
import { nearestKey } from "../domain/settings/nearest.ts"
import { SettingsData } from "../domain/Settings.ts"
import { parseKey } from "../layers/config/document.ts"
import { getAt, isTable } from "../layers/config/tree.ts"
import { WrongUsage } from "./exit.ts"

const unknown = (text: string, key: KeyPath) => {
  const hint = Option.match(nearestKey(key), {
    onNone: () => "",
    onSome: (near) => `; did you mean ${formatKey(near)}?`
  })
  return new WrongUsage({ detail: `${text}: unknown key${hint}` })
}

const encode = Schema.encodeEffect(SettingsData)

/** A value on one line; a section as one line for each key in it. */
const spell = (key: KeyPath, value: Schema.Json, isInside: boolean): ReadonlyArray<string> => {
  if (isTable(value)) {
    return Object.entries(value).flatMap(([name, inner]) =>
      spell([...key, name], inner as Schema.Json, true)
    )
  }
  if (isInside) return [`${formatKey(key)} = ${JSON.stringify(value)}`]
  return [typeof value === "string" ? value : JSON.stringify(value)]
}

/** A known key that is not set has no text, and is `null` in JSON. */
export const getKey = Effect.fnUntraced(function* (settings: SettingsData, text: string) {
  const key = Option.getOrElse(parseKey(text), () => [text])
  const node = nodeAt(key)
  const encoded = yield* encode(settings).pipe(Effect.orDie)
  const value = getAt({ ...encoded }, key) as Schema.Json | undefined
  if (node === undefined || (node._tag !== "Leaf" && value === undefined)) {
    return yield* unknown(text, key)
  }
  return value === undefined
    ? { text: "", json: null }
    : { text: spell(key, value, false).join("\n"), json: value }
})
