// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { Dropped, StepContext } from "../../domain/context/StepContext.ts"
import { SessionId, TurnId } from "../../domain/Ids.ts"
import { Part } from "../../domain/Message.ts"
import { withoutPrefix } from "../../domain/router/override.ts"
import { Entry, Question, Step, Turn, TurnState } from "../../domain/Turn.ts"
import { InboxRow } from "../../services/InboxStore.ts"
import { Journal } from "../../services/Journal.ts"
import { newId } from "./newId.ts"
import { json, rows, run, storeError } from "./query.ts"

const encodeParts = json(Schema.Array(Part))
const encodeQuestion = json(Question)
const encodeDropped = json(Schema.Array(Dropped))
const encodeContext = json(StepContext)
const Id = Schema.Struct({ id: Schema.Int })

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom
  const now = Clock.currentTimeMillis

  const turnColumns = sql.literal(
    `id, session, agent, person, purpose, state, detail, question,
     started_at AS "startedAt", finished_at AS "finishedAt"`
  )
  const stepColumns = sql.literal(
    `id, turn, kind, name, call_id AS "callId", idempotent, state, outcome,
     started_at AS "startedAt", finished_at AS "finishedAt", context`
  )
  const entryColumns = sql.literal(
    `m.id, m.turn, m.role, m.parts, m.conditional, m.model, m.created_at AS "createdAt"`
  )

  const find = (id: TurnId) =>
    rows("find a turn", Turn, sql`SELECT ${turnColumns} FROM turns WHERE id = ${id}`).pipe(
      Effect.map(Arr.head)
    )
  const newest = (session: SessionId) =>
    rows(
      "find the newest turn",
      Turn,
      sql`SELECT ${turnColumns} FROM turns WHERE session = ${session} ORDER BY rowid DESC LIMIT 1`
    ).pipe(Effect.map(Arr.head))

  const note = Effect.fnUntraced(function* (turn: TurnId, state: TurnState, at: number) {
    yield* sql`UPDATE turns SET state = ${state} WHERE id = ${turn}`
    yield* sql`INSERT INTO turn_states (turn, state, at) VALUES (${turn}, ${state}, ${at})`
  })

  const enter = Effect.fnUntraced(function* (turn: TurnId, state: TurnState, entered?: number) {
    const open = yield* sql`SELECT id FROM turns WHERE id = ${turn} AND finished_at IS NULL`
    if (open.length > 0) yield* note(turn, state, entered ?? (yield* now))
  })

  const open = Effect.fnUntraced(function* (
    session: SessionId,
    conditional: ReadonlyArray<Part>,
    dropped: ReadonlyArray<Dropped>,
    before: number
  ) {
    const waiting = yield* rows(
      "read waiting messages",
      InboxRow,
      sql`SELECT id, session, person, parts FROM inbox
        WHERE session = ${session} AND state = 'pending' AND lane = 'turn'
          AND id < ${before} ORDER BY id`
    )
    const first = waiting[0]
    if (first === undefined) return Option.none()
    const id = TurnId.make(yield* newId(random))
    const at = yield* now
    yield* sql`INSERT INTO turns (id, session, agent, person, purpose, state, started_at)
      SELECT ${id}, s.id, s.agent, ${first.person}, i.purpose, 'received', ${at}
      FROM sessions s JOIN inbox i ON i.session = s.id AND i.id = ${first.id}
      WHERE s.id = ${session}`
    yield* enter(id, "received")
    for (const [index, row] of waiting.entries()) {
      const parts = yield* encodeParts(withoutPrefix(row.parts))
      const context = yield* encodeParts(index === 0 ? conditional : [])
      const left = yield* encodeDropped(index === 0 ? dropped : [])
      yield* sql`INSERT INTO messages
          (session, turn, agent, person, role, parts, conditional, dropped, created_at)
        SELECT session, id, agent, ${row.person}, 'user', ${parts}, ${context}, ${left}, ${at}
        FROM turns WHERE id = ${id}`
      yield* sql`UPDATE inbox SET state = 'taken', turn = ${id} WHERE id = ${row.id}`
    }
    return yield* find(id)
  })

  const requeue = Effect.fnUntraced(function* (session: SessionId, updateId: string) {
    const last = yield* newest(session)
    if (Option.isNone(last) || last.value.finishedAt === null) return false
    const { id } = last.value
    yield* sql`UPDATE turns SET superseded_by = ${updateId} WHERE id = ${id}`
    yield* sql`INSERT INTO inbox
        (channel, update_id, session, agent, person, lane, parts, purpose, state, received_at)
      SELECT channel, ${updateId} || ':' || id, session, agent, person, lane, parts, purpose, 'pending',
        ${yield* now}
      FROM inbox WHERE turn = ${id} ORDER BY id
      ON CONFLICT (channel, update_id) DO NOTHING`
    return true
  })

  return Journal.of({
    find,
    newest,
    unfinished: (session) =>
      rows(
        "find the running turn",
        Turn,
        sql`SELECT ${turnColumns} FROM turns WHERE session = ${session} AND finished_at IS NULL`
      ).pipe(Effect.map(Arr.head)),
    turns: (session, limit) =>
      rows(
        "list turns",
        Turn,
        sql`SELECT ${turnColumns} FROM turns WHERE session = ${session}
          ORDER BY rowid DESC LIMIT ${limit}`
      ).pipe(Effect.map((found) => found.toReversed())),
    open: (session, conditional, dropped = [], before = Number.MAX_SAFE_INTEGER) =>
      sql
        .withTransaction(open(session, conditional, dropped, before))
        .pipe(storeError("open a turn")),
    enter: (turn, state, at) =>
      sql.withTransaction(enter(turn, state, at)).pipe(storeError("enter a turn's state")),
    states: (turn) =>
      rows(
        "read a turn's states",
        Schema.Struct({ state: TurnState, at: Schema.Int }),
        sql`SELECT state, at FROM turn_states WHERE turn = ${turn} ORDER BY id`
      ),
    close: Effect.fn("Journal.close")(
      function* (turn, end, detail) {
        const closed = yield* sql`UPDATE turns SET detail = ${detail}, question = NULL,
          expires_at = NULL, finished_at = ${yield* now}
          WHERE id = ${turn} AND finished_at IS NULL RETURNING id`
        if (closed.length === 0) return false
        yield* note(turn, end, yield* now)
        yield* sql`UPDATE inbox SET state = 'done' WHERE turn = ${turn}`
        return true
      },
      sql.withTransaction,
      storeError("end a turn")
    ),
    ask: (turn, question, expiresAt) =>
      Effect.gen(function* () {
        yield* enter(turn, "waiting")
        yield* sql`UPDATE turns SET question = ${yield* encodeQuestion(question)},
          expires_at = ${expiresAt} WHERE id = ${turn}`
      }).pipe(sql.withTransaction, storeError("ask the person")),
    answer: Effect.fn("Journal.answer")(
      function* (turn, answer) {
        const found = yield* find(turn)
        const question = Option.flatMapNullishOr(found, (row) => row.question)
        if (Option.isNone(question) || question.value.answer !== null) return false
        const answered = yield* encodeQuestion({ ...question.value, answer })
        const taken = yield* sql`UPDATE turns SET question = ${answered}, expires_at = NULL
          WHERE id = ${turn} AND (${answer} = 'expired' OR expires_at > ${yield* now}) RETURNING id`
        return taken.length > 0
      },
      sql.withTransaction,
      storeError("answer a question")
    ),
    expired: now.pipe(
      Effect.flatMap((at) =>
        rows(
          "find expired questions",
          Turn,
          sql`SELECT ${turnColumns} FROM turns WHERE expires_at <= ${at}`
        )
      )
    ),
    answering: (turn) =>
      rows(
        "find a turn's messages",
        Id,
        sql`SELECT id FROM inbox WHERE turn = ${turn} ORDER BY id`
      ).pipe(Effect.map(Arr.map(({ id }) => id))),
    steps: (turn) =>
      rows(
        "read a turn's steps",
        Step,
        sql`SELECT ${stepColumns} FROM steps WHERE turn = ${turn} ORDER BY id`
      ),
    startStep: Effect.fn("Journal.startStep")(function* (step) {
      const inserted = yield* rows(
        "start a step",
        Id,
        sql`INSERT INTO steps (turn, kind, name, call_id, idempotent, state, context,
            started_at)
          VALUES (${step.turn}, ${step.kind}, ${step.name}, ${step.callId},
            ${step.idempotent ? 1 : 0}, 'started', ${yield* encodeContext(step.context ?? {})},
            ${yield* now}) RETURNING id`
      )
      return inserted[0]!.id
    }),
    endStep: (step, state, outcome) =>
      now.pipe(
        Effect.flatMap((at) =>
          run(
            "end a step",
            sql`UPDATE steps SET state = ${state}, outcome = ${outcome}, finished_at = ${at}
              WHERE id = ${step}`
          )
        )
      ),
    loseStartedSteps: (turn) =>
      now.pipe(
        Effect.flatMap((at) =>
          run(
            "give up started steps",
            sql`UPDATE steps SET state = 'lost', finished_at = ${at}
              WHERE turn = ${turn} AND state = 'started'`
          )
        )
      ),
    append: Effect.fn("Journal.append")(function* (entry) {
      const parts = yield* encodeParts(entry.parts)
      yield* sql`INSERT INTO messages
            (session, turn, step, agent, person, role, parts, model, created_at)
          SELECT session, id, ${entry.step}, agent, person, ${entry.role}, ${parts},
            ${entry.model}, ${yield* now}
          FROM turns WHERE id = ${entry.turn}`
    }, storeError("append to the transcript")),
    rewrite: (entry, parts) =>
      Effect.flatMap(encodeParts(parts), (encoded) =>
        run(
          "rewrite an entry of the transcript",
          sql`UPDATE messages SET parts = ${encoded} WHERE id = ${entry}`
        )
      ),
    history: (session, after = 0) =>
      rows(
        "read the history",
        Entry,
        sql`SELECT ${entryColumns} FROM messages m JOIN turns t ON t.id = m.turn
          WHERE m.session = ${session} AND m.id > ${after} AND t.superseded_by IS NULL
            AND NOT (t.detail IN ('BudgetExceeded', 'PromptTooLong') AND NOT EXISTS (
              SELECT 1 FROM messages a WHERE a.turn = t.id AND a.role = 'assistant'))
          ORDER BY m.id`
      ),
    transcript: (turn) =>
      rows(
        "read a turn's transcript",
        Entry,
        sql`SELECT ${entryColumns} FROM messages m WHERE m.turn = ${turn} ORDER BY m.id`
      ),
    requeue: (session, updateId) =>
      sql.withTransaction(requeue(session, updateId)).pipe(storeError("queue a message again")),
    sessionsWithWork: (channels) =>
      rows(
        "find sessions with work",
        Schema.Struct({ id: SessionId }),
        sql`SELECT id FROM sessions s WHERE ${sql.in("channel", channels)} AND (
          EXISTS (SELECT 1 FROM turns t WHERE t.session = s.id AND t.finished_at IS NULL)
          OR EXISTS (SELECT 1 FROM inbox i
            WHERE i.session = s.id AND i.state = 'pending' AND i.lane = 'turn'))`
      ).pipe(Effect.map(Arr.map(({ id }) => id)))
  })
})

export const layer = Layer.effect(Journal, make)
