// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio serve`: the agent, until it is told to stop. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TomlSettings from "../layers/config/TomlSettings.ts"
import * as Main from "../layers/Main.ts"
import * as PassphraseSources from "../layers/passphrase/PassphraseSources.ts"
import { serve } from "../programs/serve.ts"
import { banner } from "./banner.ts"
import { ConfigPath, PassphraseFd } from "./globals.ts"

export const command = Command.make(
  "serve",
  {},
  Effect.fn("serve")(function* () {
    const settings = TomlSettings.layer({ configPath: yield* ConfigPath })
    const passphrase = PassphraseSources.layer(yield* PassphraseFd, "stdin")
    yield* Effect.provide(
      serve(banner),
      Main.serveLayer.pipe(Layer.provideMerge(settings), Layer.provide(passphrase))
    )
  })
).pipe(Command.withDescription("Run the agent until it is told to stop"))
