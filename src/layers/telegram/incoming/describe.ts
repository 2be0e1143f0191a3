// SPDX-License-Identifier: MIT OR Apache-2.0
/** What people send that is neither text nor a file, as a line that a model can read. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { clean } from "./clean.ts"

const Point = Schema.Struct({
  latitude: Schema.Finite,
  longitude: Schema.Finite,
  live_period: Schema.optionalKey(Schema.Int)
})
const degrees = ({ latitude, longitude }: typeof Point.Type) => `${latitude}, ${longitude}`

/** One kind: the field that holds it, and how it reads. `None` when it is not as we know it. */
const kind =
  <A>(field: string, schema: Schema.Decoder<A>, spell: (content: A) => string) =>
  (message: Readonly<Record<string, unknown>>): Option.Option<string> =>
    Option.map(
      Schema.decodeUnknownOption(schema)(message[field]),
      (content) => `[${spell(content)}]`
    )

/** A venue comes with a location beside it, so it is looked for first. */
const kinds = [
  kind("sticker", Schema.Struct({ emoji: Schema.optionalKey(Schema.String) }), ({ emoji }) =>
    `sticker ${clean(emoji ?? "", 20)}`.trim()
  ),
  kind(
    "venue",
    Schema.Struct({ location: Point, title: Schema.String, address: Schema.String }),
    ({ address, location, title }) =>
      `place: ${clean(title)}, ${clean(address)} (${degrees(location)})`
  ),
  kind("location", Point, (point) =>
    point.live_period === undefined
      ? `location: ${degrees(point)}`
      : `live location, where it began: ${degrees(point)}`
  ),
  kind(
    "contact",
    Schema.Struct({
      phone_number: Schema.String,
      first_name: Schema.String,
      last_name: Schema.optionalKey(Schema.String)
    }),
    ({ first_name, last_name, phone_number }) =>
      `contact: ${clean([first_name, last_name].filter(Boolean).join(" "), 100)}, ${clean(phone_number, 40)}`
  ),
  kind(
    "poll",
    Schema.Struct({
      question: Schema.String,
      options: Schema.Array(
        Schema.Struct({ text: Schema.String, voter_count: Schema.optionalKey(Schema.Int) })
      ),
      is_closed: Schema.optionalKey(Schema.Boolean)
    }),
    ({ is_closed, options, question }) => {
      const votes = options.map(({ text, voter_count = 0 }) =>
        voter_count === 0 ? clean(text, 100) : `${clean(text, 100)} (votes: ${voter_count})`
      )
      return `${is_closed === true ? "closed poll" : "poll"}: ${clean(question, 300)} – ${votes.join(" / ")}`
    }
  ),
  kind(
    "checklist",
    Schema.Struct({
      title: Schema.String,
      tasks: Schema.Array(
        Schema.Struct({ text: Schema.String, completion_date: Schema.optionalKey(Schema.Int) })
      )
    }),
    ({ tasks, title }) => {
      const lines = tasks.map(
        ({ completion_date, text }) =>
          `${completion_date === undefined ? "☐" : "☑"} ${clean(text, 100)}`
      )
      return `checklist: ${clean(title)} – ${lines.join(" / ")}`
    }
  ),
  kind(
    "dice",
    Schema.Struct({ emoji: Schema.String, value: Schema.Int }),
    ({ emoji, value }) => `${clean(emoji, 20)} thrown: ${value}`
  ),
  kind("game", Schema.Struct({ title: Schema.String }), ({ title }) => `game: ${clean(title)}`),
  kind("story", Schema.Unknown, () => "a story, which bots are not shown")
]

/** `None` for what is text, a file, or of a kind that is not known here. */
export const describe = (message: Readonly<Record<string, unknown>>): Option.Option<string> =>
  Option.firstSomeOf(
    kinds.map((read, index) =>
      // A story may hold anything: it is there when the field is.
      index === kinds.length - 1 && message["story"] === undefined ? Option.none() : read(message)
    )
  )
