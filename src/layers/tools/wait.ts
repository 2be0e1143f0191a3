// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { define } from "../../services/Toolbox.ts"

const longest = 60

/** Declared not idempotent: a wait that was cut off by a crash is for the person to decide about. */
export const wait = define({
  name: "wait",
  description: "Waits before going on.",
  parameters: Schema.Struct({
    seconds: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: longest })).annotate({
      description: `How long, at most ${longest}`
    })
  }),
  idempotent: false,
  trusted: true,
  core: true,
  run: ({ seconds }) => Effect.as(Effect.sleep(Duration.seconds(seconds)), `Waited ${seconds} s.`)
})
