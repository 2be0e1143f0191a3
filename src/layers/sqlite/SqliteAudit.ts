// SPDX-License-Identifier: MIT OR Apache-2.0
/** The chain of audit rows: each hash covers its row and the hash before it. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { createHash } from "node:crypto"
import { AuditDetail, AuditEvent, type AuditFault } from "../../domain/audit.ts"
import { Audit } from "../../services/Audit.ts"
import { Count, rows, storeError } from "./query.ts"

/** The row as it lies there, whatever was done to it. */
const Stored = Schema.Struct({
  seq: Schema.Int,
  at: Schema.Int,
  action: Schema.String,
  actor: Schema.String,
  subject: Schema.String,
  outcome: Schema.String,
  detail: Schema.String,
  hash: Schema.Uint8Array
})
type Stored = typeof Stored.Type

const Head = Schema.Struct({ seq: Schema.Int, hash: Schema.Uint8Array })

const genesis = createHash("sha256").update("blufio audit 1").digest()
const longestText = 500
const pageSize = 1000
const mostFaults = 100

const clean = (text: string) => text.slice(0, longestText)

/** Fields in this order, each with its length in front; detail as JSON with sorted keys. */
const hashOf = (previous: Uint8Array, row: Omit<Stored, "hash">): Buffer => {
  const hash = createHash("sha256").update(previous)
  const { action, actor, at, detail, outcome, seq, subject } = row
  for (const field of [seq, at, action, actor, subject, outcome, detail]) {
    const text = String(field)
    hash.update(`${Buffer.byteLength(text)}:${text}`)
  }
  return hash.digest()
}

const encodeDetail = Schema.encodeEffect(Schema.fromJsonString(AuditDetail))
const decodeRow = Schema.decodeUnknownOption(
  Schema.Struct({
    seq: Schema.Int,
    at: Schema.Int,
    ...AuditEvent.fields,
    detail: Schema.fromJsonString(AuditDetail)
  })
)

const sorted = (detail: AuditDetail): AuditDetail =>
  Object.fromEntries(Object.entries(detail).toSorted(([one], [other]) => (one < other ? -1 : 1)))

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.from(one).equals(other)

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const columns = sql.literal("seq, at, action, actor, subject, outcome, detail, hash")

  const head = Effect.map(
    rows("read the audit's head", Head, sql`SELECT seq, hash FROM audit_head WHERE id = 1`),
    (found) => found[0] ?? { seq: 0, hash: genesis }
  )

  const record: Audit["Service"]["record"] = Effect.fn("Audit.record")(
    function* (event) {
      const last = yield* head
      const detail = Object.entries(sorted(event.detail)).map(
        ([key, value]) => [key, typeof value === "string" ? clean(value) : value] as const
      )
      const row = {
        seq: last.seq + 1,
        at: yield* Clock.currentTimeMillis,
        action: event.action,
        actor: clean(event.actor),
        subject: clean(event.subject),
        outcome: event.outcome,
        detail: yield* encodeDetail(Object.fromEntries(detail))
      }
      const hash = hashOf(last.hash, row)
      yield* sql`INSERT INTO audit (${columns}) VALUES (${row.seq}, ${row.at}, ${row.action},
        ${row.actor}, ${row.subject}, ${row.outcome}, ${row.detail}, ${hash})`
      yield* sql`INSERT INTO audit_head (id, seq, hash) VALUES (1, ${row.seq}, ${hash})
        ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`
    },
    (effect) => sql.withTransaction(effect),
    storeError("record for the audit")
  )

  const page = (after: number) =>
    rows(
      "read the audit",
      Stored,
      sql`SELECT ${columns} FROM audit WHERE seq > ${after} ORDER BY seq LIMIT ${pageSize}`
    )

  /** The chain begins at 1: nothing of ours stands before it. */
  const belowFirst = rows(
    "read the audit",
    Schema.Struct({ seq: Schema.Int }),
    sql`SELECT seq FROM audit WHERE seq < 1 ORDER BY seq LIMIT ${mostFaults}`
  )
  /** None of these comes about without a row in the audit. */
  const hasHistory = Effect.map(
    rows(
      "look for what was recorded",
      Count,
      sql`SELECT (SELECT count(*) FROM vault) + (SELECT count(*) FROM devices)
        + (SELECT count(*) FROM api_keys) AS count`
    ),
    (found) => found[0]!.count > 0
  )

  /** A row whose hash belongs elsewhere in the chain was moved; any other was changed. */
  const verify = Effect.fnUntraced(function* (noted: Option.Option<string>) {
    const faults: Array<AuditFault> = []
    const find = (seq: number, problem: AuditFault["problem"]) => {
      if (faults.length < mostFaults) faults.push({ seq, problem })
    }
    const wanted = Option.map(noted, (hex) => Buffer.from(hex, "hex"))
    let isNotedThere = Option.isNone(noted)
    let newest = yield* head
    let previous: Uint8Array = genesis
    let next = 1
    let count = 0
    for (const { seq } of yield* belowFirst) find(seq, "changed")
    for (;;) {
      const found = yield* page(next - 1)
      for (const row of found) {
        count++
        if (row.seq !== next) find(next, "missing")
        else if (!isSame(row.hash, hashOf(previous, row))) find(row.seq, "changed")
        isNotedThere ||= Option.exists(wanted, (hash) => isSame(hash, row.hash))
        previous = row.hash
        next = row.seq + 1
      }
      // Rows may be written meanwhile: the head that counts is the one after the last of them.
      newest = yield* head
      if (found.length === 0 || newest.seq < next) break
    }
    if (next - 1 < newest.seq || (newest.seq === 0 && (yield* hasHistory))) find(next, "missing")
    else if (next - 1 !== newest.seq || !isSame(previous, newest.hash)) find(next - 1, "changed")
    return {
      rows: count,
      head: Buffer.from(newest.hash).toString("hex"),
      faults,
      is_noted_there: isNotedThere
    }
  })

  return Audit.of({
    record,
    verify: (noted) => storeError("verify the audit")(verify(noted)),
    tail: (count) =>
      Effect.map(
        rows(
          "read the audit",
          Stored,
          sql`SELECT ${columns} FROM audit ORDER BY seq DESC LIMIT ${count}`
        ),
        (found) => found.toReversed().flatMap((row) => Option.toArray(decodeRow(row)))
      )
  })
})

export const layer = Layer.effect(Audit, make)
