// SPDX-License-Identifier: MIT OR Apache-2.0
/** Refuses secrets that stand in the configuration, and takes them out of what is decoded. */
import { formatKey, type KeyPath } from "../../domain/settings/keys.ts"
import { secretInText } from "../../domain/settings/secretShapes.ts"
import type { Fault } from "../../services/Settings.ts"
import type { Document } from "./document.ts"
import { isTable, type Place, removeAt } from "./tree.ts"

export const secretFault = (place: Place, key: KeyPath, wayOut: string): Fault => ({
  ...place,
  key: formatKey(key),
  expected: "secrets never stand in the configuration",
  hint: wayOut
})

/** The first secret in a value, however deep. */
const secretIn = (value: unknown): string | undefined => {
  const waiting: Array<unknown> = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === "string") {
      const wayOut = secretInText(next)
      if (wayOut !== undefined) return wayOut
    }
    if (Array.isArray(next)) waiting.push(...next)
    else if (isTable(next)) waiting.push(...Object.keys(next), ...Object.values(next))
  }
  return undefined
}

/** Looks at values, names and comments; what held a secret is gone from the table afterwards. */
export const takeSecrets = ({ table, places, comments }: Document, file: string) => {
  const faults: Array<Fault> = []
  const refuse = (path: KeyPath, wayOut: string) => {
    faults.push(secretFault(places.find(path), path, wayOut))
    removeAt(table, path)
  }

  const visit = (path: KeyPath, value: unknown) => {
    if (!isTable(value)) {
      const wayOut = secretIn(value)
      if (wayOut !== undefined) refuse(path, wayOut)
      return
    }
    for (const name of Object.keys(value)) {
      const wayOut = secretInText(name)
      if (wayOut === undefined) {
        visit([...path, name], value[name])
        continue
      }
      faults.push(secretFault(places.find([...path, name]), path, wayOut))
      removeAt(table, [...path, name])
    }
  }

  visit([], table)
  for (const { line, text } of comments) {
    const wayOut = secretInText(text)
    if (wayOut !== undefined) faults.push(secretFault({ file, line }, [], wayOut))
  }
  return faults
}
