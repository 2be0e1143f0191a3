// SPDX-License-Identifier: MIT OR Apache-2.0
/** The process's environment as a whole: a `ConfigProvider` cannot tell an empty variable from none. */
import { env } from "node:process"
import * as Context from "effect/Context"

export const Environment = Context.Reference<Readonly<Record<string, string | undefined>>>(
  "blufio/layers/config/Environment",
  { defaultValue: () => env }
)
