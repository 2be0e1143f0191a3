// SPDX-License-Identifier: MIT OR Apache-2.0
/** The agent's persona from the configuration and its Markdown files. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { Persona } from "../services/Persona.ts"
import { Settings } from "../services/Settings.ts"

export class PersonaUnreadable extends Schema.TaggedError<PersonaUnreadable>()(
  "PersonaUnreadable",
  { path: Schema.String, detail: Schema.String }
) {
  override get message(): string {
    return `The personality file ${this.path} cannot be read (${this.detail}): create it, or take it out of [agent].`
  }
}

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { agent } = yield* Settings
  const files = [agent.system_prompt_file, ...agent.personality_files].filter((path) => path !== "")
  const texts = yield* Effect.forEach(files, (path) =>
    fs
      .readFileString(path)
      .pipe(Effect.mapError((error) => new PersonaUnreadable({ path, detail: error.reason._tag })))
  )
  return Persona.of({
    name: agent.name,
    text: [agent.system_prompt, ...texts]
      .map((text) => text.trim())
      .filter((text) => text !== "")
      .join("\n\n")
  })
})

export const layer = Layer.effect(Persona, make)
