// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio config`: what is configured, where it stands, and whether it is in order. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { candidates, locate } from "../layers/config/locate.ts"
import { load } from "../layers/config/TomlSettings.ts"
import { getKey } from "./configGet.ts"
import { AlreadyTold, ExitCode } from "./exit.ts"
import { ConfigPath, Json } from "./globals.ts"
import { print, printJson } from "./output.ts"
import * as set from "./vault/set.ts"

const validate = Command.make(
  "validate",
  {},
  Effect.fn("config validate")(function* () {
    const configPath = yield* ConfigPath
    const json = yield* Json
    const loaded = yield* load({ configPath }).pipe(
      Effect.catchTag("ConfigInvalid", ({ faults, message }) =>
        (json ? printJson({ ok: false, faults }) : Console.error(message)).pipe(
          Effect.andThen(Effect.fail(new AlreadyTold({ exitCode: ExitCode.configInvalid })))
        )
      )
    )
    const path = Option.getOrNull(loaded.path)
    yield* print(`ok: ${path ?? "no file; defaults and environment"}`, { ok: true, path })
  })
).pipe(Command.withDescription("Say whether the configuration is in order"))

const path = Command.make(
  "path",
  {},
  Effect.fn("config path")(function* () {
    const configPath = yield* ConfigPath
    const paths = yield* Path.Path
    const searched = (yield* candidates(configPath)).map(({ name }) => paths.resolve(name))
    const found = Option.map(yield* locate(configPath), ({ name }) => paths.resolve(name))
    yield* print(
      Option.getOrElse(found, () => ["no file; looked for", ...searched].join("\n")),
      { path: Option.getOrNull(found), searched }
    )
  })
).pipe(Command.withDescription("Say which file is in use, or where one is looked for"))

const get = Command.make(
  "get",
  {
    key: Argument.String("KEY").pipe(
      Argument.withDescription("A dotted key or section, such as agent.name")
    )
  },
  Effect.fn("config get")(function* ({ key }) {
    const { settings } = yield* load({ configPath: yield* ConfigPath })
    const { text, json } = yield* getKey(settings, key)
    yield* print(text, json)
  })
).pipe(Command.withDescription("Print the effective value of a key"))

export const command = Command.make("config").pipe(
  Command.withDescription("Show and check the configuration"),
  Command.withSubcommands([validate, path, get, set.command("set-secret")])
)
