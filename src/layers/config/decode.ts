// SPDX-License-Identifier: MIT OR Apache-2.0
/** Decodes the table into settings, gathering every fault there is and not only the first. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { formatKey, type KeyPath, nodeAt } from "../../domain/settings/keys.ts"
import { type Broken, brokenRules } from "../../domain/settings/rules.ts"
import { SettingsData } from "../../domain/Settings.ts"
import type { Fault } from "../../services/Settings.ts"
import { getAt, type Place, type Places, removeAt, type Table } from "./tree.ts"

const decode = Schema.decodeUnknownResult(SettingsData, {
  errors: "all",
  onExcessProperty: "error"
})

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** The key that a fault belongs to: of a fault within a list, the list's. */
const keyOf = (path: ReadonlyArray<PropertyKey>): KeyPath => {
  const key: Array<string> = []
  for (const segment of path) {
    if (nodeAt(key)?._tag === "Leaf") break
    key.push(String(segment))
  }
  return key
}

const faultAt = (key: KeyPath, path: ReadonlyArray<PropertyKey>, table: Table, places: Places) => {
  const node = nodeAt(key)
  const wanted = node?._tag === "Leaf" ? node.expected : "a section"
  const isMissing = getAt(table, key) === undefined
  const place = places.find(
    path.map((segment) => (typeof segment === "number" ? segment : String(segment)))
  )
  return {
    ...place,
    key: formatKey(key),
    expected: isMissing ? `missing; expected ${wanted}` : `expected ${wanted}`
  }
}

export interface Decoded {
  /** What is left when everything faulty is taken out. */
  readonly settings: SettingsData
  readonly faults: ReadonlyArray<Fault>
}

const ruleFault = ({ key, expected, hint }: Broken, place: Place): Fault => ({
  ...place,
  key: formatKey(key),
  expected,
  ...(hint === undefined ? {} : { hint })
})

/** Rules are only worth telling where nothing that they look at has a fault of its own. */
const ruleFaults = (
  settings: SettingsData,
  places: Places,
  faulty: ReadonlyArray<string>
): ReadonlyArray<Fault> => {
  const isFaulty = (key: KeyPath) =>
    faulty.some((name) => name === formatKey(key) || name.startsWith(`${formatKey(key)}.`))
  return brokenRules(settings)
    .filter(({ key, reads = [] }) => ![key, ...reads].some(isFaulty))
    .map((rule) => ruleFault(rule, places.find(rule.key)))
}

/**
 * Takes out what does not decode and decodes the rest again, until it does: so the rules that span
 * several keys are checked too. Ends because every round takes something out.
 */
export const decodeTable = (
  table: Table,
  places: Places,
  before: ReadonlyArray<Fault>
): Decoded => {
  const faults = new Map<string, Fault>()
  for (;;) {
    const result = decode(table)
    if (Result.isSuccess(result)) {
      const faulty = [...before.map(({ key }) => key), ...faults.keys()]
      const broken = ruleFaults(result.success, places, faulty)
      return { settings: result.success, faults: [...before, ...faults.values(), ...broken] }
    }
    const keys = new Map<string, KeyPath>()
    for (const { path = [] } of issuesOf(result.failure.issue).issues) {
      const segments = path.map((segment) => (typeof segment === "object" ? segment.key : segment))
      const key = keyOf(segments)
      const name = formatKey(key)
      keys.set(name, key)
      if (!faults.has(name)) faults.set(name, faultAt(key, segments, table, places))
    }
    takeOut(table, [...keys.values()])
  }
}

const takeOut = (table: Table, keys: ReadonlyArray<KeyPath>) => {
  const removed = keys.filter((key) => removeAt(table, key) || removeAt(table, key.slice(0, -1)))
  if (removed.length > 0) return
  for (const name of Object.keys(table)) delete table[name]
}
