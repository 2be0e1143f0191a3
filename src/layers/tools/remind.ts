// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { confirm } from "../../domain/schedule/confirm.ts"
import type { Schedules } from "../../services/Schedules.ts"
import { define, ToolFailed } from "../../services/Toolbox.ts"

/** The same call is put down once, however often it is made: that is why it may be repeated. */
export const remind = (schedules: Schedules["Service"]) =>
  define({
    name: "remind",
    description: "Reminds the person later, in this chat.",
    parameters: Schema.Struct({
      when: Schema.String.annotate({
        description: 'In English: "tomorrow at 9", "in 20 minutes", "every monday at 18:00"'
      }),
      text: Schema.String
    }),
    idempotent: true,
    trusted: true,
    run: Effect.fn("remind")(
      function* ({ text, when }, { callId, chat, turn }) {
        const wanted = {
          kind: "reminder",
          person: turn.person,
          chat: yield* schedules.placeFor(Option.some(chat)),
          text,
          missed: "once",
          source: `call:${turn.id}:${callId}`
        } as const
        const report = yield* schedules.add(wanted, when)
        return confirm(report, `/remind rm ${report.id}`)
      },
      Effect.mapError((error) => new ToolFailed({ detail: error.message }))
    )
  })
