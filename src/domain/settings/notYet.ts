// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keys that are accepted although what they control is not built yet; the start names them. */

/** Each stands for itself and for everything under it; NAME for any name that a person chose. */
export const notYet: ReadonlyArray<string> = [
  "storage.url",
  "memory",
  "tools.approval",
  "tools.bash_enabled",
  "skills",
  "mcp",
  "agents.NAME.persona",
  "agents.NAME.models",
  "agents.NAME.tools",
  "agents.NAME.skills",
  "agents.NAME.memory",
  "agents.NAME.routes",
  "observability.otlp_endpoint"
]

/** A name is written bare, or in quotes that may hold dots. */
const anyName = String.raw`(?:[\w-]+|"(?:[^"\\]|\\.)*")`

const patterns = notYet.map((prefix) => {
  const path = prefix.split(".").map((part) => (part === "NAME" ? anyName : part))
  return new RegExp(String.raw`^${path.join(String.raw`\.`)}(?:\.|$)`)
})

/** Those of the keys that a person set which have no effect yet. */
export const notYetBuilt = (present: ReadonlyArray<string>): ReadonlyArray<string> =>
  present.filter((key) => patterns.some((pattern) => pattern.test(key)))
