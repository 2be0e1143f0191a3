// SPDX-License-Identifier: MIT OR Apache-2.0
/** `BLUFIO__SECTION__KEY=value`: one environment variable sets one key (contract 3). */
import * as Result from "effect/Result"
import {
  formatKey,
  type KeyNode,
  type KeyPath,
  knownKeys,
  nodeAt
} from "../../domain/settings/keys.ts"
import type { Fault } from "../../services/Settings.ts"
import { read } from "./document.ts"
import { getAt, isTable, setAt, type Places, type Table } from "./tree.ts"
import { unknownKey } from "./unknownKeys.ts"

const prefix = "BLUFIO__"

interface Target {
  readonly path: KeyPath
  readonly isText: boolean
}

const sameName = (names: Iterable<string>, part: string): string | undefined => {
  const all = [...names]
  return all.includes(part) ? part : all.find((name) => name.toLowerCase() === part.toLowerCase())
}

/** Finds the key that the parts name. A chosen name may hold two underscores itself. */
const target = (
  node: KeyNode,
  parts: ReadonlyArray<string>,
  path: KeyPath,
  table: Table
): Target | undefined => {
  const [part, ...rest] = parts
  if (node._tag === "Leaf") return part === undefined ? { path, isText: node.isText } : undefined
  if (part === undefined) return undefined
  if (node._tag === "Section") {
    const name = sameName(node.keys.keys(), part)
    const child = name === undefined ? undefined : node.keys.get(name)
    return name === undefined || child === undefined
      ? undefined
      : target(child, rest, [...path, name], table)
  }
  const written = getAt(table, path)
  for (let length = 1; length <= parts.length; length++) {
    const chosen = parts.slice(0, length).join("__")
    const name = (isTable(written) ? sameName(Object.keys(written), chosen) : undefined) ?? chosen
    const found =
      name === "__proto__"
        ? undefined
        : target(node.value, parts.slice(length), [...path, name], table)
    if (found !== undefined) return found
  }
  return undefined
}

/** A value that is not text is written as in the file; what is not TOML is left for the decoder to refuse. */
const valueOf = (variable: string, text: string): unknown =>
  Result.match(read(variable, `value = ${text}`), {
    onFailure: () => text,
    onSuccess: ({ table }) => (Object.keys(table).length === 1 ? table.value : text)
  })

/** Writes the variables over what the file says, and returns a fault for each that names no key. */
export const override = (
  environment: Readonly<Record<string, string | undefined>>,
  table: Table,
  places: Places
): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  for (const variable of Object.keys(environment).toSorted()) {
    const text = environment[variable]
    if (!variable.startsWith(prefix) || text === undefined) continue
    const parts = variable.slice(prefix.length).split("__")
    const found = target(knownKeys, parts, [], table)
    if (found === undefined) {
      const key = parts.map((part) => part.toLowerCase())
      faults.push(
        nodeAt(key) === undefined
          ? unknownKey({ file: variable }, key)
          : { file: variable, key: formatKey(key), expected: "expected one key of this section" }
      )
      continue
    }
    if (setAt(table, found.path, found.isText ? text : valueOf(variable, text))) {
      places.replace(found.path, { file: variable })
    }
  }
  return faults
}
