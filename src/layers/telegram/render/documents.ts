// SPDX-License-Identifier: MIT OR Apache-2.0
/** Code too long to be read in a chat: it becomes a document, and a line that says so takes its place. */
import { type Run, markOf } from "./Run.ts"

const mostLines = 60
/** In UTF-16 units. */
const mostLength = 2800

export interface Document {
  readonly name: string
  /** As the model wrote it between the fences. */
  readonly content: string
  /** For where documents are not taken. */
  readonly run: Run
}

/** Endings of files by what models call languages; the names that are endings themselves are kept. */
const endings: Readonly<Record<string, string>> = {
  assembly: "asm",
  bash: "sh",
  batch: "bat",
  "c#": "cs",
  "c++": "cpp",
  clojure: "clj",
  cmd: "bat",
  console: "txt",
  csharp: "cs",
  elixir: "ex",
  erlang: "erl",
  "f#": "fs",
  fortran: "f90",
  fsharp: "fs",
  golang: "go",
  graphql: "graphql",
  haskell: "hs",
  javascript: "js",
  json5: "json5",
  julia: "jl",
  kotlin: "kt",
  latex: "tex",
  make: "mk",
  makefile: "mk",
  markdown: "md",
  matlab: "m",
  node: "js",
  "objective-c": "m",
  objc: "m",
  ocaml: "ml",
  pascal: "pas",
  perl: "pl",
  plaintext: "txt",
  powershell: "ps1",
  prolog: "pl",
  protobuf: "proto",
  python: "py",
  python3: "py",
  ruby: "rb",
  rust: "rs",
  scheme: "scm",
  shell: "sh",
  terraform: "tf",
  text: "txt",
  typescript: "ts",
  yaml: "yml",
  zsh: "sh"
}
const known = new Set(
  (
    "asm bat c cc clj conf cpp cs css csv dart diff ex f90 fs go gradle graphql h hpp hs htm html ini java jl " +
    "js json jsonl json5 jsx kt less lisp log lua m md mk ml mm nix pas patch php pl proto ps1 py r rb rs sass " +
    "scala scm scss sh sql svelte svg swift tex tf toml ts tsx txt vb vue xml yaml yml zig"
  ).split(" ")
)

const endingOf = (language: string): string => {
  const name = language.toLowerCase()
  if (Object.hasOwn(endings, name)) return endings[name] ?? "txt"
  return known.has(name) ? name : "txt"
}

const linesIn = (text: string): number => text.split("\n").length

export const isLong = (text: string): boolean =>
  text.length > mostLength || linesIn(text) > mostLines

/** The runs with a line in the place of each long code block, and the documents in order. */
export const takeOut = (
  runs: ReadonlyArray<Run>
): { readonly runs: ReadonlyArray<Run>; readonly documents: ReadonlyArray<Document> } => {
  const documents: Array<Document> = []
  const left = runs.map((run) => {
    const pre = markOf(run, "pre")
    if (pre?._tag !== "pre" || !pre.isCode || !isLong(run.text)) return run
    const number = documents.length === 0 ? "" : `-${documents.length + 1}`
    const name = `code${number}.${endingOf(pre.language)}`
    documents.push({ name, content: `${run.text}\n`, run })
    const text = `📎 ${name}, ${linesIn(run.text)} lines`
    return { text, marks: run.marks.filter((mark) => mark !== pre) }
  })
  return { runs: left, documents }
}
