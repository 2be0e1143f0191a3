// SPDX-License-Identifier: MIT OR Apache-2.0
/** Logs on stderr and in the ring, structured, through the one door where secrets are taken out. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import { stderr } from "node:process"
import { LogRing } from "../services/LogRing.ts"
import { Redactor } from "../services/Redactor.ts"
import { ConfigSource, Settings } from "../services/Settings.ts"
import { spokenLog } from "./spokenLog.ts"

/** A person looks on, and nobody asked for a form: `blufio logs` has the lines as they are set. */
const isForPerson = Effect.map(Effect.serviceOption(ConfigSource), (source) => {
  const isSet = Option.exists(source, ({ present }) => present.includes("observability.log_format"))
  return stderr.isTTY && !isSet
})

const make = Effect.gen(function* () {
  const { observability } = yield* Settings
  const redactor = yield* Redactor
  const ring = yield* LogRing
  const isSpoken = yield* isForPerson
  const format = observability.log_format === "json" ? Logger.formatJson : Logger.formatLogFmt
  const logger = Logger.make((options) => {
    const line = redactor.log(format.log(options))
    ring.append(line)
    return isSpoken ? redactor.log(spokenLog.log(options)) : line
  })
  return Logger.layer([Logger.withConsoleError(logger)])
})

export const layer = Layer.unwrap(make)
