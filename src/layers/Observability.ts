// SPDX-License-Identifier: MIT OR Apache-2.0
/** Logs on stderr and in the ring, structured, through the one door where secrets are taken out. */
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import { stderr } from "node:process"
import { LogRing } from "../services/LogRing.ts"
import { Redactor } from "../services/Redactor.ts"
import { ConfigSource, Settings } from "../services/Settings.ts"
import { logFmt, scrubbed } from "./logLines.ts"
import { spokenLine } from "./spokenLine.ts"

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
  const isJson = observability.log_format === "json"
  const logger = Logger.make((options) => {
    const before = scrubbed(options, redactor.log)
    const text = isJson ? Formatter.formatJson(before) : logFmt(before)
    // Once more: what stands in the clear only when it is put together.
    const line = redactor.log(text)
    ring.append(line)
    return isSpoken ? redactor.log(spokenLine(before)) : line
  })
  return Logger.layer([Logger.withConsoleError(logger)])
})

export const layer = Layer.unwrap(make)
