// SPDX-License-Identifier: MIT OR Apache-2.0
/** What must hold after any number of kills, checked from the fakes' logs and the database. */
import { assert } from "@effect/vitest"
import type { BotApi, SentMessage } from "../fakes/BotApi.ts"
import type { Logged } from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { existsSync } from "node:fs"
import { query, type Row } from "../support/database.ts"
import { asked } from "../support/Fakes.ts"

/** A model step, told apart by what its turn was asked and how many steps came before. */
const keyOfRequest = (request: Logged): string => {
  const { step, words } = asked(request.body as MessagesBody)
  return `${words.replaceAll("\n", " ")}#${step}`
}

const finishedModelSteps = `
  SELECT t.id AS turn,
    (SELECT group_concat(text, ' ') FROM (
      SELECT json_extract(m.parts, '$[0].text') AS text FROM messages m
      WHERE m.turn = t.id AND m.role = 'user' ORDER BY m.id)) AS words,
    (SELECT count(*) FROM steps s
      WHERE s.turn = t.id AND s.kind = 'model' AND s.state = 'finished') AS finished
  FROM turns t`

/** The keys of all model steps that are committed as finished. */
export const committedSteps = (database: string): ReadonlySet<string> => {
  if (!existsSync(database)) return new Set()
  const [tables] = query(database, "SELECT name FROM sqlite_master WHERE name = 'turns'")
  if (tables!.length === 0) return new Set()
  const [turns] = query(database, finishedModelSteps)
  return new Set(
    turns!.flatMap((row) =>
      Array.from(
        { length: Number(row["finished"]) },
        (_, step) => `${String(row["words"])}#${step}`
      )
    )
  )
}

export const assertNotAskedAgain = (
  committed: ReadonlySet<string>,
  later: ReadonlyArray<Logged>
): void => {
  for (const request of later) {
    const key = keyOfRequest(request)
    assert.isFalse(committed.has(key), `a committed step was asked again: ${key}`)
  }
}

const sum = (rows: ReadonlyArray<Row>, column: string) =>
  rows.reduce((total, row) => total + Number(row[column]), 0)

/** At rest: the ledger adds up, tools ran once, and nothing the model saw was refused. */
export const assertAtRest = (database: string, calls: ReadonlyArray<Logged>): void => {
  for (const call of calls) assert.notStrictEqual(call.outcome, "refused", call.message)
  const [ledger, steps, twice, open, integrity] = query(
    database,
    "SELECT state, reserved_micros, charged_micros, step FROM cost_ledger",
    "SELECT id FROM steps WHERE kind = 'model' AND state = 'finished'",
    `SELECT call_id FROM steps WHERE kind = 'tool' AND state = 'finished'
      GROUP BY turn, call_id HAVING count(*) > 1`,
    `SELECT 'turn' AS what FROM turns WHERE finished_at IS NULL
      UNION ALL SELECT 'inbox' FROM inbox WHERE state <> 'done'
      UNION ALL SELECT 'outbox' FROM outbox WHERE state <> 'sent'`,
    "PRAGMA integrity_check"
  )
  const of = (state: string) => ledger!.filter((row) => row["state"] === state)
  assert.strictEqual(of("reserved").length, 0, "a reservation leaked")
  assert.sameMembers(
    of("settled").map((row) => row["step"]),
    steps!.map((row) => row["id"]),
    "each finished model step is settled once"
  )
  assert.strictEqual(sum(of("released"), "charged_micros"), 0)
  assert.strictEqual(
    sum(of("unconfirmed"), "charged_micros"),
    sum(of("unconfirmed"), "reserved_micros")
  )
  for (const row of of("settled"))
    assert.isAtMost(Number(row["charged_micros"]), Number(row["reserved_micros"]))
  assert.isAtLeast(ledger!.length, calls.length, "a call without a ledger row")
  assert.deepStrictEqual(twice, [], "a finished tool call was executed again")
  assert.deepStrictEqual(open, [], "something was left undone")
  assert.strictEqual(integrity![0]!["integrity_check"], "ok")
}

/**
 * Every mark stands in exactly one message that we know to have sent. Messages that Telegram
 * accepted and we could not note before the kill are counted apart and returned: in each of the
 * runs (given by how many messages stood there when it ended) at most the last one of a chat.
 */
export const assertAnsweredOnce = (
  database: string,
  telegram: BotApi,
  marks: ReadonlyArray<string>,
  runs: ReadonlyArray<number>
): number => {
  const [rows] = query(
    database,
    "SELECT chat, message_id FROM outbox WHERE channel = 'telegram' AND message_id IS NOT NULL"
  )
  const known = new Set(rows!.map((row) => `${String(row["chat"])}:${String(row["message_id"])}`))
  const isOurs = (message: SentMessage) => known.has(`${message.chatId}:${message.messageId}`)
  for (const mark of marks) {
    const answers = telegram.sent.filter(
      (message) => isOurs(message) && message.text.includes(`<${mark}>`)
    )
    assert.strictEqual(answers.length, 1, `${mark} is answered ${answers.length} times`)
  }
  let inDoubt = 0
  for (const [index, end] of runs.entries()) {
    const run = telegram.sent.slice(runs[index - 1] ?? 0, end)
    for (const message of run.filter((one) => !isOurs(one))) {
      const last = run.findLast((one) => one.chatId === message.chatId)
      assert.strictEqual(message, last, "a message was doubled without a kill right after it")
      inDoubt++
    }
  }
  return inDoubt
}
