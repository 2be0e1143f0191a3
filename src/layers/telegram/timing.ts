// SPDX-License-Identifier: MIT OR Apache-2.0
/** When a message was sent, and how soon what belongs to it may follow. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { lenient } from "./incoming/lenient.ts"
import type { Incoming } from "../../services/Inbox.ts"

/** In seconds, as Telegram tells times; what is beyond could neither be stored nor told. */
const SentAt = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 31 }))

const Frame = Schema.Struct({
  message_id: Schema.Int,
  date: lenient(SentAt),
  edit_date: lenient(SentAt),
  media_group_id: lenient(Schema.String),
  text: lenient(Schema.String)
})
const decode = Schema.decodeUnknownOption(Frame)

/** The members of an album come one by one. */
const albumWithin = Duration.toMillis("1 second")
/** Clients cut a longer text into several messages, near the limit of 4,096. */
export const cutFrom = 4000
export const cutWithin = Duration.toMillis("1500 millis")

const isPlace = Schema.is(Schema.Struct({ location: Schema.Unknown }))

/** A place that moves is edited all the time, without anybody having said anything. */
export const isMove = (message: unknown): boolean => isPlace(message)

type Timing = Pick<Incoming, "messageId" | "sentAt" | "joinWithinMillis">

/** Nothing where the message has not the frame that all messages have. */
export const timingOf = (message: unknown, joinWithin: Duration.Duration): Timing =>
  Option.match(decode(message), {
    onNone: () => ({}),
    onSome: ({ date, edit_date = date, media_group_id, message_id, text = "" }) => ({
      messageId: String(message_id),
      ...(edit_date !== undefined && { sentAt: edit_date * 1000 }),
      joinWithinMillis: Math.max(
        Math.ceil(Duration.toMillis(joinWithin)),
        media_group_id === undefined ? 0 : albumWithin,
        text.length < cutFrom ? 0 : cutWithin
      )
    })
  })
