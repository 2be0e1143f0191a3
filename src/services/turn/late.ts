// SPDX-License-Identifier: MIT OR Apache-2.0
/** Messages that were sent while nobody listened and are answered together: model and person are told. */
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { SessionId, TurnId } from "../../domain/Ids.ts"
import { type Part, TextPart } from "../../domain/Message.ts"
import { spokenTime } from "../../domain/schedule/spoken.ts"
import type { InboxStore, Late } from "../InboxStore.ts"

type Inbox = Pick<InboxStore["Service"], "lateIn" | "lateOf">

const isWorthTelling = ({ count }: Late) => count >= 2

const between = ({ first, last }: Late, zone: DateTime.TimeZone) =>
  `between ${spokenTime(first, zone)} and ${spokenTime(last, zone)}`

/** For the model, with the messages of a session that wait for their turn, up to `before`. */
export const noteForModel = (
  inbox: Inbox,
  session: SessionId,
  before: number,
  zone: DateTime.TimeZone
) =>
  Effect.map(inbox.lateIn(session, before), (late): ReadonlyArray<Part> => {
    if (!isWorthTelling(late)) return []
    const which = late.count === late.total ? "These" : "The first"
    const text = `[${which} ${late.count} messages were sent ${between(late, zone)}, while Blufio did not listen]`
    return [TextPart.make({ origin: "blufio", trusted: true, text })]
  })

/** What a turn's reply ends with; "" when it answers nothing of that kind. */
export const noteForPerson = (inbox: Inbox, turn: TurnId, zone: DateTime.TimeZone) =>
  Effect.map(inbox.lateOf(turn), (late) =>
    isWorthTelling(late)
      ? `\n\n(I was not listening when you sent ${late.count} of these messages, ${between(late, zone)}; this answers them together.)`
      : ""
  )
