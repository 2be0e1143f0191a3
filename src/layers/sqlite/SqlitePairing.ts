// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { owner, PersonId } from "../../domain/Ids.ts"
import { PairingRow } from "../../domain/pairing.ts"
import { Actor } from "../../services/Actor.ts"
import { Audit } from "../../services/Audit.ts"
import { type Admission, type Contact, Pairing } from "../../services/Pairing.ts"
import { Count, rows, storeError } from "./query.ts"

/** No 0/O, 1/I/L: codes are read aloud and typed by hand. */
const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
const codeLength = 8
const lifetimeMillis = 60 * 60 * 1000
const maxPending = 3

const Stored = Schema.Struct({
  code: Schema.NullOr(Schema.String),
  role: PairingRow.fields.role,
  channel: Schema.String,
  address: Schema.String,
  name: Schema.String,
  expiresAt: Schema.NullOr(Schema.Int),
  approvedAt: Schema.NullOr(Schema.Int)
})

const isoTime = (millis: number | null) =>
  millis === null ? null : DateTime.formatIso(DateTime.makeUnsafe(millis))

const shown = (row: typeof Stored.Type): PairingRow => ({
  code: row.code,
  state: row.code === null ? "approved" : "pending",
  role: row.role,
  channel: row.channel,
  address: row.address,
  name: row.name,
  expires_at: isoTime(row.expiresAt),
  approved_at: isoTime(row.approvedAt)
})

const make = Effect.gen(function* () {
  const audit = yield* Audit
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom

  const pendingColumns = sql.literal(
    `code, NULL AS role, channel, address, name, expires_at AS "expiresAt", NULL AS "approvedAt"`
  )
  const approvedColumns = sql.literal(
    `NULL AS code, role, channel, address, name, NULL AS "expiresAt", approved_at AS "approvedAt"`
  )
  const newCode = Effect.map(
    Effect.all(
      Array.from({ length: codeLength }, () =>
        random.intBetween(0, alphabet.length, { halfOpen: true })
      )
    ),
    (indexes) => indexes.map((index) => alphabet[index]).join("")
  )
  const dropExpired = Effect.flatMap(
    Clock.currentTimeMillis,
    (now) => sql`DELETE FROM pairing_codes WHERE expires_at <= ${now}`
  )

  const record = (action: "pairing.approved" | "pairing.revoked", row: typeof Stored.Type) =>
    Effect.flatMap(Actor, (actor) =>
      audit.record({
        action,
        actor,
        subject: `${row.channel}:${row.address}`,
        outcome: "ok",
        detail: row.role === null ? {} : { role: row.role }
      })
    )

  const find = ({ address, channel }: Pick<Contact, "channel" | "address">) =>
    rows(
      "find a person",
      Schema.Struct({ id: PersonId }),
      sql`SELECT id FROM people WHERE channel = ${channel} AND address = ${address}`
    ).pipe(Effect.map((found) => Option.map(Arr.head(found), ({ id }) => id)))

  const admit = Effect.fnUntraced(function* (contact: Contact) {
    const { address, channel, displayName } = contact
    const known = yield* find(contact)
    if (Option.isSome(known)) return { _tag: "Known", person: known.value } satisfies Admission
    yield* dropExpired
    const pending = yield* rows(
      "find a pairing code",
      Schema.Struct({ code: Schema.NonEmptyString }),
      sql`SELECT code FROM pairing_codes WHERE channel = ${channel} AND address = ${address}`
    )
    if (pending[0] !== undefined) {
      return { _tag: "Code", code: pending[0].code } satisfies Admission
    }
    const count = yield* rows(
      "count pairing codes",
      Count,
      sql`SELECT count(*) AS count FROM pairing_codes`
    )
    if (count[0]!.count >= maxPending) return { _tag: "Silent" } satisfies Admission
    const code = yield* newCode
    const expires = (yield* Clock.currentTimeMillis) + lifetimeMillis
    yield* sql`INSERT INTO pairing_codes (code, channel, address, name, expires_at)
      VALUES (${code}, ${channel}, ${address}, ${displayName}, ${expires})`
    return { _tag: "Code", code } satisfies Admission
  })

  const approve = Effect.fnUntraced(function* (typed: string) {
    yield* dropExpired
    const code = typed.trim().toUpperCase()
    const pending = yield* rows(
      "find a pairing code",
      Stored,
      sql`DELETE FROM pairing_codes WHERE code = ${code} RETURNING ${pendingColumns}`
    )
    const found = pending[0]
    if (found === undefined) return Option.none()
    const owners = yield* sql`SELECT id FROM people WHERE role = 'owner'`
    const role = owners.length === 0 ? "owner" : "member"
    const id = role === "owner" ? owner : `${found.channel}:${found.address}`
    const approved = yield* rows(
      "approve a person",
      Stored,
      sql`INSERT INTO people (id, channel, address, name, role, approved_at)
        VALUES (${id}, ${found.channel}, ${found.address}, ${found.name}, ${role},
          ${yield* Clock.currentTimeMillis})
        RETURNING ${approvedColumns}`
    )
    const person = Arr.head(approved)
    if (Option.isSome(person)) yield* record("pairing.approved", person.value)
    return Option.map(person, shown)
  })

  const revoke = Effect.fnUntraced(function* (codeOrAddress: string) {
    const key = codeOrAddress.trim()
    const pending = yield* rows(
      "withdraw a pairing code",
      Stored,
      sql`DELETE FROM pairing_codes
        WHERE code = ${key.toUpperCase()} OR channel || ':' || address = ${key}
          OR address = ${key} RETURNING ${pendingColumns}`
    )
    if (pending[0] !== undefined) {
      yield* record("pairing.revoked", pending[0])
      return Option.some(shown(pending[0]))
    }
    const approved = yield* rows(
      "revoke a person",
      Stored,
      sql`DELETE FROM people WHERE channel || ':' || address = ${key} OR address = ${key}
        RETURNING ${approvedColumns}`
    )
    const person = Arr.head(approved)
    if (Option.isSome(person)) yield* record("pairing.revoked", person.value)
    return Option.map(person, shown)
  })

  return Pairing.of({
    admit: (contact) => sql.withTransaction(admit(contact)).pipe(storeError("admit a person")),
    find,
    approve: (code) => sql.withTransaction(approve(code)).pipe(storeError("approve a person")),
    revoke: (key) => sql.withTransaction(revoke(key)).pipe(storeError("revoke a person")),
    list: Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const pending = yield* rows(
        "list pairing codes",
        Stored,
        sql`SELECT ${pendingColumns} FROM pairing_codes WHERE expires_at > ${now} ORDER BY expires_at`
      )
      const approved = yield* rows(
        "list people",
        Stored,
        sql`SELECT ${approvedColumns} FROM people ORDER BY approved_at`
      )
      return [...pending, ...approved].map(shown)
    })
  })
})

export const layer = Layer.effect(Pairing, make)
