// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which process this is, for those who ask over the socket. */
import * as Context from "effect/Context"

export class Identity extends Context.Service<
  Identity,
  {
    readonly pid: number
    readonly version: string
    readonly command: "serve" | "shell"
    /** Milliseconds since 1970. */
    readonly startedAt: number
    readonly memoryBytes: () => number
  }
>()("blufio/services/Identity") {}
