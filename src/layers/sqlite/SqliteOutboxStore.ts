// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Chat, type TurnId } from "../../domain/Ids.ts"
import { Rendered } from "../../services/Channel.ts"
import { type Address, AskingRow, OutboxRow, OutboxStore } from "../../services/OutboxStore.ts"
import { Count, json, rows, run, storeError } from "./query.ts"

const encodeRendered = json(Rendered)
const encodeIds = json(Schema.Array(Schema.Int))

/** Stands where a growing reply had more messages than its final text needs. */
const surplus = Rendered.make({ body: "…", plain: "…", isSurplus: true })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = sql.literal(
    `id, session, channel, chat, topic, part, rendered, in_reply_to AS "inReplyTo",
     message_id AS "messageId", attempts, not_before AS "notBefore"`
  )

  const growing = (turn: TurnId) =>
    rows(
      "read a growing reply",
      OutboxRow,
      sql`SELECT ${columns} FROM outbox WHERE turn = ${turn} AND state = 'growing' ORDER BY part`
    )

  const insert = Effect.fnUntraced(function* (
    address: Address,
    part: number,
    rendered: Rendered,
    markdown: string,
    state: "growing" | "pending",
    question: string | null = null
  ) {
    const body = yield* encodeRendered(rendered)
    const inReplyTo = yield* encodeIds(address.inReplyTo)
    const now = yield* Clock.currentTimeMillis
    const { channel, chat, topic } = address.chat
    const inserted = yield* rows(
      "queue a message",
      Schema.Struct({ id: Schema.Int }),
      sql`INSERT INTO outbox (session, turn, channel, chat, topic, part, markdown, rendered,
          in_reply_to, state, not_before, created_at, question)
        VALUES (${address.session}, ${address.turn}, ${channel}, ${chat}, ${topic}, ${part},
          ${markdown}, ${body}, ${inReplyTo}, ${state}, 0, ${now}, ${question})
        RETURNING id`
    )
    return inserted[0]!.id
  })

  const enqueue = Effect.fn("OutboxStore.enqueue")(function* (
    address: Address,
    markdown: string,
    rendered: ReadonlyArray<Rendered>,
    question?: string
  ) {
    const grown = address.turn === null ? [] : yield* growing(address.turn)
    const texts = rendered.filter(({ asFile }) => asFile === undefined)
    const files = rendered.filter(({ asFile }) => asFile !== undefined)
    const askedIn = (part: number) => (part === texts.length - 1 ? (question ?? null) : null)
    for (const [part, row] of grown.entries()) {
      const body = yield* encodeRendered(texts[part] ?? surplus)
      const whole = part === 0 ? markdown : ""
      yield* sql`UPDATE outbox SET state = 'pending', markdown = ${whole}, rendered = ${body},
        question = ${askedIn(part)}
        WHERE id = ${row.id}`
    }
    const added = [...texts.slice(grown.length), ...files]
    for (const [index, message] of added.entries()) {
      const part = grown.length + index
      yield* insert(address, part, message, part === 0 ? markdown : "", "pending", askedIn(part))
    }
  })

  /** The source stands in the place of the text, which messages beside the reply have not. */
  const enqueueOnce = Effect.fn("OutboxStore.enqueueOnce")(function* (
    address: Address & { readonly turn: TurnId },
    source: string,
    rendered: Rendered
  ) {
    const queued = yield* rows(
      "look for a message queued before",
      Schema.Struct({ id: Schema.Int }),
      sql`SELECT id FROM outbox WHERE turn = ${address.turn} AND markdown = ${source}`
    )
    if (queued.length === 0) yield* insert(address, 0, rendered, source, "pending")
  })

  const now = Clock.currentTimeMillis

  return OutboxStore.of({
    growing,
    grow: (address, part, rendered) =>
      insert(address, part, rendered, "", "growing").pipe(storeError("grow a reply")),
    setMessageId: (id, messageId) =>
      run(
        "store a message's id",
        sql`UPDATE outbox SET message_id = ${messageId} WHERE id = ${id} AND state = 'growing'`
      ),
    enqueue: (address, markdown, rendered, question) =>
      sql
        .withTransaction(enqueue(address, markdown, rendered, question))
        .pipe(storeError("queue a reply")),
    enqueueOnce: (address, source, rendered) =>
      sql
        .withTransaction(enqueueOnce(address, source, rendered))
        .pipe(storeError("queue a message")),
    asking: (question) =>
      rows(
        "find the message of a question",
        AskingRow,
        sql`SELECT ${columns}, outcome FROM outbox WHERE question = ${question}`
      ).pipe(Effect.map(Arr.head)),
    settle: Effect.fn("OutboxStore.settle")(function* (id, outcome, rendered) {
      const body = yield* encodeRendered(rendered)
      yield* sql`UPDATE outbox SET rendered = ${body}, outcome = ${outcome}, not_before = 0,
        attempts = 0, state = CASE state WHEN 'failed' THEN 'failed' ELSE 'pending' END
        WHERE id = ${id}`
    }, storeError("show an outcome")),
    next: ({ channel, chat, topic }) =>
      rows(
        "find the next message to send",
        OutboxRow,
        sql`SELECT ${columns} FROM outbox WHERE channel = ${channel} AND chat = ${chat}
          AND topic = ${topic} AND state IN ('pending', 'sending') ORDER BY id LIMIT 1`
      ).pipe(Effect.map(Arr.head)),
    sending: (id) =>
      run(
        "mark a message as being sent",
        sql`UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id = ${id}`
      ),
    sent: (id, messageId) =>
      now.pipe(
        Effect.flatMap((at) =>
          run(
            "mark a message as sent",
            sql`UPDATE outbox SET state = CASE state WHEN 'sending' THEN 'sent' ELSE state END,
              message_id = ${messageId}, finished_at = ${at} WHERE id = ${id}`
          )
        )
      ),
    failed: (id) =>
      now.pipe(
        Effect.flatMap((at) =>
          run(
            "give up a message",
            sql`UPDATE outbox SET state = 'failed', finished_at = ${at} WHERE id = ${id}`
          )
        )
      ),
    again: (id, notBefore, messageId) =>
      run(
        "put a message back",
        sql`UPDATE outbox SET state = 'pending', not_before = ${notBefore},
          message_id = ${messageId} WHERE id = ${id}`
      ),
    replace: (id, rendered) =>
      encodeRendered(rendered).pipe(
        Effect.flatMap((body) =>
          run(
            "replace a message",
            sql`UPDATE outbox SET state = 'pending', not_before = 0, attempts = 0,
              message_id = NULL, rendered = ${body} WHERE id = ${id}`
          )
        )
      ),
    chatsWithWork: (channels) =>
      rows(
        "find undelivered messages",
        Chat,
        sql`SELECT DISTINCT channel, chat, topic FROM outbox
          WHERE state IN ('pending', 'sending') AND ${sql.in("channel", channels)}`
      ),
    depth: rows(
      "count undelivered messages",
      Count,
      sql`SELECT count(*) AS count FROM outbox WHERE state IN ('pending', 'sending')`
    ).pipe(Effect.map((found) => found[0]!.count))
  })
})

export const layer = Layer.effect(OutboxStore, make)
