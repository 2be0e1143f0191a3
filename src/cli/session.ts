// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio session`: which conversations there were, and what happened in one. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { SessionDetail, SessionName, SessionSummary } from "../api/schemas.ts"
import { ask } from "../layers/DaemonClient.ts"
import { layerReadOnly } from "../layers/Offline.ts"
import { Reports, UnknownSession } from "../services/Reports.ts"
import { print, printJson } from "./output.ts"
import { reach } from "./reach.ts"
import { spellSession } from "./sessionText.ts"
import { formatTime, table } from "./table.ts"

const summaries = reach({
  daemon: (client) => ask(client.sessions({})),
  database: (settings) =>
    Effect.provide(
      Effect.flatMap(Reports, (reports) => reports.sessions),
      layerReadOnly(settings)
    ),
  nothing: () => Effect.succeed<ReadonlyArray<SessionSummary>>([])
})

const detail = Effect.fnUntraced(function* (id: string) {
  const unknown = new UnknownSession({ id, matches: [] })
  if (!isFindable(id)) return yield* unknown
  return yield* reach({
    daemon: (client) => ask(client.session({ params: { id } })),
    database: (settings) =>
      Effect.provide(
        Effect.flatMap(Reports, (reports) => reports.session(id)),
        layerReadOnly(settings)
      ),
    nothing: () => Effect.fail(unknown)
  })
})

/** An address cannot hold `.` or `..` as a name. */
const isFindable = Schema.is(SessionName.check(Schema.isPattern(/[^.]|^.{3}/)))

const encodeSummaries = Schema.encodeEffect(Schema.Array(SessionSummary))
const encodeDetail = Schema.encodeEffect(SessionDetail)

const list = Command.make(
  "list",
  {},
  Effect.fn("session list")(function* () {
    const found = yield* summaries
    const rows = found.map((session) => [
      session.id,
      session.channel,
      session.topic === "" ? session.chat : `${session.chat}/${session.topic}`,
      session.person,
      formatTime(session.opened_at),
      session.closed_at === null ? "open" : "closed"
    ])
    yield* print(
      rows.length === 0
        ? "There are no conversations yet."
        : table(["SESSION", "CHANNEL", "CHAT", "PERSON", "OPENED", "STATE"], rows),
      yield* Effect.orDie(encodeSummaries(found))
    )
  })
).pipe(Command.withDescription("List the conversations, newest first"))

const id = Argument.String("ID").pipe(
  Argument.withDescription(
    "A session's id, the beginning of one, or the name of a conversation on this machine"
  )
)

const show = Command.make(
  "show",
  { id },
  Effect.fn("session show")(function* ({ id }) {
    const found = yield* detail(id)
    yield* print(spellSession(found), yield* Effect.orDie(encodeDetail(found)))
  })
).pipe(Command.withDescription("Show what was said and done in a conversation, and what it cost"))

const exported = Command.make(
  "export",
  { id },
  Effect.fn("session export")(function* ({ id }) {
    yield* printJson(yield* Effect.orDie(encodeDetail(yield* detail(id))))
  })
).pipe(Command.withDescription("Print everything that is stored of a conversation, as JSON"))

export const command = Command.make("session").pipe(
  Command.withDescription("Look into conversations"),
  Command.withSubcommands([list, show, exported])
)
