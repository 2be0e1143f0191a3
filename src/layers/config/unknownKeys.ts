// SPDX-License-Identifier: MIT OR Apache-2.0
/** Lists the keys that are set, and takes out those that nothing knows. */
import * as Option from "effect/Option"
import { formatKey, type KeyNode, type KeyPath, nodeAt } from "../../domain/settings/keys.ts"
import { nearestKey } from "../../domain/settings/nearest.ts"
import { secretInName } from "../../domain/settings/secretShapes.ts"
import type { Fault } from "../../services/Settings.ts"
import { secretFault } from "./secretScan.ts"
import { isTable, type Place, type Places, removeAt, type Table } from "./tree.ts"

export const unknownKey = (place: Place, key: KeyPath): Fault => ({
  ...place,
  key: formatKey(key),
  expected: "unknown key",
  ...Option.match(nearestKey(key), {
    onNone: () => ({}),
    onSome: (near) => ({ hint: `did you mean ${formatKey(near)}?` })
  })
})

export const takeUnknown = (table: Table, places: Places) => {
  const faults: Array<Fault> = []
  const present: Array<string> = []

  const visit = (node: KeyNode | undefined, path: KeyPath, value: unknown) => {
    if (node === undefined) {
      const wayOut = secretInName(path)
      const place = places.find(path)
      faults.push(wayOut === undefined ? unknownKey(place, path) : secretFault(place, path, wayOut))
      removeAt(table, path)
      return
    }
    if (node._tag === "Leaf") {
      present.push(formatKey(path))
      return
    }
    if (!isTable(value)) {
      faults.push({
        ...places.find(path),
        key: formatKey(path),
        expected: `expected a section, [${formatKey(path)}]`
      })
      removeAt(table, path)
      return
    }
    for (const name of Object.keys(value))
      visit(nodeAt([...path, name]), [...path, name], value[name])
  }

  visit(nodeAt([]), [], table)
  return { faults, present }
}
