// SPDX-License-Identifier: MIT OR Apache-2.0
/** The configuration before it is decoded: nested values, and where each of them was written. */
import * as Predicate from "effect/Predicate"

type Segment = string | number
export type TreePath = ReadonlyArray<Segment>
/** Has no prototype, so that no key of the file is special. */
export type Table = Record<Segment, unknown>

export interface Place {
  readonly file: string
  readonly line?: number
}

export const emptyTable = (): Table => Object.create(null) as Table

const isContainer = (value: unknown): value is Table =>
  Predicate.isObjectKeyword(value) && !Predicate.isDate(value)

/** A table of the file: not a list, not a date. */
export const isTable = (value: unknown): value is Table =>
  isContainer(value) && !Array.isArray(value)

export const getAt = (table: Table, path: TreePath): unknown => {
  let here: unknown = table
  for (const segment of path) {
    if (!isContainer(here) || !Object.hasOwn(here, segment)) return undefined
    here = here[segment]
  }
  return here
}

/** Writes a value, making the tables on the way; says whether nothing else stood in the way. */
export const setAt = (table: Table, path: TreePath, value: unknown): boolean => {
  let here = table
  for (const [index, segment] of path.slice(0, -1).entries()) {
    if (!Object.hasOwn(here, segment)) {
      here[segment] = typeof path[index + 1] === "number" ? [] : emptyTable()
    }
    const next = here[segment]
    if (!isContainer(next)) return false
    here = next
  }
  const last = path.at(-1)
  if (last !== undefined) here[last] = value
  return true
}

/** Takes away what stands at a path; says whether anything did. */
export const removeAt = (table: Table, path: TreePath): boolean => {
  const parent = getAt(table, path.slice(0, -1))
  const last = path.at(-1)
  if (last === undefined || !isTable(parent) || !Object.hasOwn(parent, last)) return false
  return delete parent[last]
}

/** Where things were written. A path that was never recorded stands where its parent does. */
export class Places {
  readonly #places = new Map<string, Place>()
  readonly #fallback: Place

  constructor(fallback: Place) {
    this.#fallback = fallback
  }

  /** The first place counts: a table stands where it is first mentioned. */
  record(path: TreePath, place: Place): void {
    for (let length = 1; length <= path.length; length++) {
      const id = JSON.stringify(path.slice(0, length))
      if (!this.#places.has(id)) this.#places.set(id, place)
    }
  }

  /** Forgets where this and everything below it stood: it was written anew. */
  replace(path: TreePath, place: Place): void {
    const inside = `${JSON.stringify(path).slice(0, -1)},`
    for (const id of this.#places.keys()) {
      if (id.startsWith(inside)) this.#places.delete(id)
    }
    this.#places.set(JSON.stringify(path), place)
    this.record(path, place)
  }

  find(path: TreePath): Place {
    for (let length = path.length; length > 0; length--) {
      const place = this.#places.get(JSON.stringify(path.slice(0, length)))
      if (place !== undefined) return place
    }
    return this.#fallback
  }
}
