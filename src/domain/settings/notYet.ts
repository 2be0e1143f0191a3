// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keys that are accepted although what they control is not built yet; the start names them. */

/** Each stands for itself and for everything under it. */
export const notYet: ReadonlyArray<string> = [
  "storage.url",
  "provider.anthropic.model_simple",
  "provider.anthropic.model_complex",
  "transcription",
  "budget.heartbeat_monthly_usd",
  "context",
  "memory",
  "tools.approval",
  "tools.bash_enabled",
  "skills",
  "mcp",
  "agents",
  "observability.otlp_endpoint"
]

const isUnder = (key: string, prefix: string): boolean =>
  key === prefix || key.startsWith(`${prefix}.`)

/** Those of the keys that a person set which have no effect yet. */
export const notYetBuilt = (present: ReadonlyArray<string>): ReadonlyArray<string> =>
  present.filter((key) => notYet.some((prefix) => isUnder(key, prefix)))
