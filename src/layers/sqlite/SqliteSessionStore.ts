// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Chat, mainAgent, owner, type PersonId, SessionId } from "../../domain/Ids.ts"
import { Session, SessionStore } from "../../services/SessionStore.ts"
import { rows, storeError } from "./query.ts"
import { newId } from "./newId.ts"

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom
  const columns = sql.literal(
    `id, channel, chat, topic, agent, person, opened_at AS "openedAt", closed_at AS "closedAt"`
  )
  const inChat = ({ channel, chat, topic }: Chat) =>
    sql`channel = ${channel} AND chat = ${chat} AND topic = ${topic} AND closed_at IS NULL`

  const open = Effect.fnUntraced(function* (chat: Chat, person: PersonId, isAside = false) {
    const id = yield* newId(random)
    const now = yield* Clock.currentTimeMillis
    return yield* rows(
      "open a session",
      Session,
      sql`INSERT INTO sessions (id, channel, chat, topic, agent, person, opened_at, closed_at)
        VALUES (${id}, ${chat.channel}, ${chat.chat}, ${chat.topic}, ${mainAgent}, ${person}, ${now},
          ${isAside ? now : null})
        RETURNING ${columns}`
    ).pipe(Effect.map((found) => found[0]!))
  })

  const current = Effect.fn("SessionStore.current")(function* (chat: Chat, person: PersonId) {
    const found = yield* rows(
      "find the open session",
      Session,
      sql`SELECT ${columns} FROM sessions WHERE ${inChat(chat)}`
    )
    return found[0] ?? (yield* open(chat, person))
  })

  const renew = Effect.fnUntraced(function* (chat: Chat, person: PersonId) {
    const now = yield* Clock.currentTimeMillis
    const closed = yield* rows(
      "close a session",
      Session,
      sql`UPDATE sessions SET closed_at = ${now} WHERE ${inChat(chat)} RETURNING ${columns}`
    )
    const next = yield* open(chat, person)
    yield* sql`UPDATE inbox SET session = ${next.id}
      WHERE ${sql.in(
        "session",
        closed.map(({ id }) => id)
      )} AND state = 'pending' AND lane = 'turn'`
    return next
  })

  const moveChat = Effect.fnUntraced(function* (channel: string, from: string, to: string) {
    const now = yield* Clock.currentTimeMillis
    // Whoever was faster than the news opened a new one there: the older one, which knows more, goes on.
    const early = yield* rows(
      "find what was opened in a chat's new place",
      Schema.Struct({ id: SessionId, older: SessionId }),
      sql`SELECT n.id, o.id AS older FROM sessions n JOIN sessions o
          ON o.channel = n.channel AND o.topic = n.topic AND o.chat = ${from}
        WHERE n.channel = ${channel} AND n.chat = ${to}
          AND n.closed_at IS NULL AND o.closed_at IS NULL`
    )
    // Messages have other ids there: an edit of a new one is none of an old one.
    yield* sql`UPDATE inbox SET message_id = NULL WHERE session IN
      (SELECT id FROM sessions WHERE channel = ${channel} AND chat = ${from})`
    yield* Effect.forEach(
      early,
      ({ id, older }) =>
        Effect.andThen(
          sql`UPDATE sessions SET closed_at = ${now} WHERE id = ${id}`,
          sql`UPDATE inbox SET session = ${older} WHERE session = ${id} AND state = 'pending'`
        ),
      { discard: true }
    )
    const moved = yield* rows(
      "move the open sessions of a chat",
      Schema.Struct({ id: SessionId }),
      sql`UPDATE sessions SET chat = ${to}
        WHERE channel = ${channel} AND chat = ${from} AND closed_at IS NULL RETURNING id`
    )
    // What was sent halfway is sent anew.
    yield* sql`UPDATE outbox SET chat = ${to},
        message_id = CASE WHEN message_id LIKE ${`${to}/%`} THEN message_id END
      WHERE channel = ${channel} AND chat = ${from} AND state IN ('growing', 'pending', 'sending')`
    yield* sql`UPDATE schedules SET chat = ${to} WHERE channel = ${channel} AND chat = ${from}`
    return moved.map(({ id }) => id)
  })

  const privateChat = (person: PersonId) =>
    rows(
      "find a person's private chat",
      Chat,
      sql`SELECT channel, address AS chat, '' AS topic FROM people WHERE id = ${person}`
    )
  /** Let in by the settings, nobody was ever paired: when only one person writes, it is the owner. */
  const onlyGuest = rows(
    "find the only private chat",
    Chat,
    sql`SELECT DISTINCT channel, chat, '' AS topic FROM sessions
      WHERE channel <> 'local' AND person = channel || ':' || chat LIMIT 2`
  ).pipe(Effect.map((found) => (found.length === 1 ? found : [])))
  const lastHere = rows(
    "find the conversation used last",
    Chat,
    sql`SELECT s.channel, s.chat, s.topic FROM sessions s JOIN inbox i ON i.session = s.id
      WHERE s.channel = 'local' AND s.person = ${owner} AND s.chat NOT LIKE 'once:%'
      ORDER BY i.id DESC LIMIT 1`
  )

  return SessionStore.of({
    homeOf: Effect.fnUntraced(function* (person) {
      const paired = yield* privateChat(person)
      if (paired.length > 0 || person !== owner) return Arr.head(paired)
      const guest = yield* onlyGuest
      return Arr.head(guest.length > 0 ? guest : yield* lastHere)
    }),
    current: (chat, person) =>
      sql.withTransaction(current(chat, person)).pipe(storeError("open the session")),
    aside: (chat, person) => open(chat, person, true),
    renew: (chat, person) =>
      sql.withTransaction(renew(chat, person)).pipe(storeError("start a new session")),
    moveChat: (channel, from, to) =>
      sql.withTransaction(moveChat(channel, from, to)).pipe(storeError("move a chat")),
    find: (id) =>
      rows("find a session", Session, sql`SELECT ${columns} FROM sessions WHERE id = ${id}`).pipe(
        Effect.map(Arr.head)
      ),
    list: (limit) =>
      rows(
        "list sessions",
        Session,
        sql`SELECT ${columns} FROM sessions ORDER BY opened_at DESC, id LIMIT ${limit}`
      )
  })
})

export const layer = Layer.effect(SessionStore, make)
