// SPDX-License-Identifier: MIT OR Apache-2.0
/** The tree of keys that the configuration knows, read off its schema. */
import * as SchemaAST from "effect/SchemaAST"
import { SettingsData } from "../Settings.ts"

export type KeyPath = ReadonlyArray<string>

export type KeyNode =
  | { readonly _tag: "Section"; readonly keys: ReadonlyMap<string, KeyNode> }
  /** A section whose keys are names that people choose. */
  | { readonly _tag: "Names"; readonly value: KeyNode }
  | { readonly _tag: "Leaf"; readonly expected: string; readonly isText: boolean }

const expectedOf = SchemaAST.resolveAt<string>("expected")

const isText = (ast: SchemaAST.AST): boolean =>
  ast._tag === "String" ||
  (ast._tag === "Literal" && typeof ast.literal === "string") ||
  (ast._tag === "Union" && ast.types.every(isText))

const nodeOf = (ast: SchemaAST.AST): KeyNode => {
  if (ast._tag !== "Objects") {
    return {
      _tag: "Leaf",
      expected: expectedOf(ast) ?? "another value",
      isText: isText(SchemaAST.toEncoded(ast))
    }
  }
  const names = ast.indexSignatures[0]
  if (names !== undefined) return { _tag: "Names", value: nodeOf(names.type) }
  return {
    _tag: "Section",
    keys: new Map(ast.propertySignatures.map(({ name, type }) => [String(name), nodeOf(type)]))
  }
}

export const knownKeys: KeyNode = nodeOf(SettingsData.ast)

const below = (node: KeyNode, segment: string): KeyNode | undefined => {
  if (node._tag === "Section") return node.keys.get(segment)
  return node._tag === "Names" && segment !== "__proto__" ? node.value : undefined
}

/** What stands at a path; `undefined` when the configuration knows nothing there. */
export const nodeAt = (path: KeyPath): KeyNode | undefined => {
  let node: KeyNode | undefined = knownKeys
  for (const segment of path) {
    if (node === undefined) return undefined
    node = below(node, segment)
  }
  return node
}

/** Every known key and section; where a name may be chosen, the one in `like` is taken. */
export const keysLike = (like: KeyPath): ReadonlyArray<KeyPath> => {
  const walk = (node: KeyNode, path: KeyPath): ReadonlyArray<KeyPath> => {
    if (node._tag === "Leaf") return [path]
    const here = path.length === 0 ? [] : [path]
    if (node._tag === "Section") {
      return [...here, ...[...node.keys].flatMap(([name, child]) => walk(child, [...path, name]))]
    }
    const name = like[path.length]
    const isOnTheWay = path.every((segment, index) => segment === like[index])
    return name === undefined || !isOnTheWay
      ? here
      : [...here, ...walk(node.value, [...path, name])]
  }
  return walk(knownKeys, [])
}

/** A path as one writes it in the file: dotted, with quotes where a name needs them. */
export const formatKey = (path: KeyPath): string =>
  path
    .map((segment) => (/^[A-Za-z0-9_-]+$/.test(segment) ? segment : JSON.stringify(segment)))
    .join(".")
