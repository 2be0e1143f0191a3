// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: who the agent is, as the person wrote it; read once at start. */
import * as Context from "effect/Context"

export class Persona extends Context.Service<
  Persona,
  {
    readonly name: string
    /** Markdown: the system prompt, then the personality files in order. May be empty. */
    readonly text: string
  }
>()("blufio/services/Persona") {}
