// SPDX-License-Identifier: MIT OR Apache-2.0
/** The hook with real processes and a recording on disk. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Context from "effect/Context"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { env } from "node:process"
import type { SettingsData } from "../../src/domain/Settings.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import * as TranscriptionHook from "../../src/layers/transcription/TranscriptionHook.ts"
import { Environment } from "../../src/layers/config/Environment.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Secrets } from "../../src/services/Secrets.ts"
import { ConfigSource, Settings } from "../../src/services/Settings.ts"
import { Transcriber } from "../../src/services/Transcriber.ts"

export const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-hook-"))),
  (dir) => Effect.sync(() => rmSync(dir, { recursive: true, force: true }))
)

/** A program of a few shell lines; its path. */
export const script = (dir: string, lines: string, name = "hook") => {
  const path = join(dir, name)
  writeFileSync(path, `#!/bin/sh\n${lines}\n`)
  chmodSync(path, 0o755)
  return path
}

export const recording = (dir: string, bytes = "OggS audio", mediaType = "audio/ogg") => {
  const path = join(dir, "recording.oga")
  writeFileSync(path, bytes)
  return { path, mediaType }
}

interface Options {
  readonly key?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly config?: string
}

export const hook = (
  transcription: NonNullable<(typeof SettingsData.Encoded)["transcription"]>,
  { config, environment = { PATH: env["PATH"] ?? "" }, key }: Options = {}
) => {
  const secret = key === undefined ? Option.none() : Option.some(Redacted.make(key))
  return TranscriptionHook.layer.pipe(
    Layer.provideMerge(Redactor.layer),
    Layer.provide(NodeKeyedHash.layer),
    Layer.provide(SecureRandom.layerWebCrypto),
    Layer.provide(Settings.layerFrom({ transcription })),
    Layer.provide(
      Layer.succeed(ConfigSource, { path: Option.fromUndefinedOr(config), present: [] })
    ),
    Layer.provide(
      Layer.succeed(Secrets, {
        get: (name) => Effect.succeed(name === "TRANSCRIPTION_API_KEY" ? secret : Option.none()),
        isKnown: () => Effect.succeed(true)
      })
    ),
    Layer.provide(Layer.succeed(Environment, environment)),
    Layer.provide(NodeServices.layer),
    Layer.build,
    Effect.map((context) => {
      const redactor = Context.get(context, Redactor)
      if (key !== undefined) redactor.learn("TRANSCRIPTION_API_KEY", Redacted.make(key))
      return Context.get(context, Transcriber)
    })
  )
}
