// SPDX-License-Identifier: MIT OR Apache-2.0
/** Reads TOML into a table that remembers the line of everything in it. */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { type AST, ParseError, parseTOML } from "toml-eslint-parser"
import type { Fault } from "../../services/Settings.ts"
import { emptyTable, getAt, Places, setAt, type Table, type TreePath } from "./tree.ts"

export interface Document {
  readonly table: Table
  readonly places: Places
  readonly comments: ReadonlyArray<{ readonly line: number; readonly text: string }>
}

const namesOf = ({ keys }: AST.TOMLKey): ReadonlyArray<string> =>
  keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value))

const build = (file: string, program: AST.TOMLProgram): Document => {
  const table = emptyTable()
  const places = new Places({ file })

  const note = (path: TreePath, node: AST.TOMLNode) =>
    places.record(path, { file, line: node.loc.start.line })

  const pairs = (base: TreePath, body: ReadonlyArray<AST.TOMLKeyValue>) => {
    for (const pair of body) write([...base, ...namesOf(pair.key)], pair.value, pair)
  }

  const write = (path: TreePath, node: AST.TOMLContentNode, at: AST.TOMLNode) => {
    note(path, at)
    switch (node.type) {
      case "TOMLValue":
        return void setAt(table, path, node.value)
      case "TOMLArray":
        setAt(table, path, [])
        return node.elements.forEach((element, index) => write([...path, index], element, element))
      case "TOMLInlineTable":
        setAt(table, path, emptyTable())
        return pairs(path, node.body)
    }
  }

  for (const item of program.body[0].body) {
    if (item.type === "TOMLKeyValue") {
      pairs([], [item])
      continue
    }
    note(item.resolvedKey, item)
    if (getAt(table, item.resolvedKey) === undefined) setAt(table, item.resolvedKey, emptyTable())
    pairs(item.resolvedKey, item.body)
  }
  const comments = program.comments.map(({ loc, value }) => ({
    line: loc.start.line,
    text: value
  }))
  return { table, places, comments }
}

/** The parser's own messages say what was found where, never the text that was found. */
const faultOf = (file: string, cause: unknown): Fault =>
  cause instanceof ParseError
    ? { file, line: cause.lineNumber, key: "", expected: `not valid TOML: ${cause.message}` }
    : { file, key: "", expected: "not readable as TOML", hint: "is it nested too deeply?" }

export const read = (file: string, text: string): Result.Result<Document, Fault> =>
  Result.try({
    try: () => build(file, parseTOML(text.replace(/^\uFEFF/, ""))),
    catch: (cause) => faultOf(file, cause)
  })

/** Reads a dotted key, quoted where it has to be; none when it is not one. */
export const parseKey = (text: string): Option.Option<ReadonlyArray<string>> => {
  const names = Result.try(() => {
    const [pair, ...more] = parseTOML(`${text} = 0`).body[0].body
    return pair?.type === "TOMLKeyValue" && more.length === 0 ? namesOf(pair.key) : undefined
  })
  return Option.flatMap(Result.getSuccess(names), Option.fromUndefinedOr)
}
