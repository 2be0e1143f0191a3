// SPDX-License-Identifier: MIT OR Apache-2.0
/** Logs on stderr and in the ring, structured, through the one door where secrets are taken out. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { LogRing } from "../services/LogRing.ts"
import { Redactor } from "../services/Redactor.ts"
import { Settings } from "../services/Settings.ts"

const make = Effect.gen(function* () {
  const { observability } = yield* Settings
  const redactor = yield* Redactor
  const ring = yield* LogRing
  const format = observability.log_format === "json" ? Logger.formatJson : Logger.formatLogFmt
  const logger = Logger.map(format, (text) => {
    const line = redactor.log(text)
    ring.append(line)
    return line
  })
  return Logger.layer([Logger.withConsoleError(logger)])
})

export const layer = Layer.unwrap(make)
