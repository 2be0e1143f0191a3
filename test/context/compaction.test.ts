// SPDX-License-Identifier: MIT OR Apache-2.0
/** What must not be lost outlives any number of compactions, word for word, and nothing is deleted. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { query } from "../support/database.ts"
import { asked } from "../support/Fakes.ts"
import { bodies, isCondensing, start } from "./agent.ts"

const directory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "blufio-compaction-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

const rules = [
  "Rule 1: always answer in metric units.",
  "Never call me before nine in the morning.",
  'Standing rule: sign every letter with "Yours, Ada".',
  "Ab jetzt bitte alle Beträge in Euro angeben.",
  "Remember: the garage door code is changed every March."
]
const tasks = [
  "Open task: book the dentist for my daughter.",
  "TODO renew the passport before June",
  "- [ ] send the tax papers to the accountant",
  "Aufgabe: das Fahrrad zur Werkstatt bringen",
  "Please add buying a new kettle to my list."
]

/** Long enough that a few dozen turns fill the small window. */
const filler =
  "Let us look at this from several sides before anything is settled about it. ".repeat(3)

const brain = (body: MessagesBody): MessagesApi.Reply => {
  if (isCondensing(body)) return MessagesApi.text("They talked about many things.")
  const { step, words } = asked(body)
  const number = Number(/topic (\d+)/.exec(words)?.[1] ?? 0)
  return number % 10 === 3 && step === 0
    ? {
        blocks: [
          { type: "thinking", thinking: `Topic ${number} wants arithmetic.` },
          { type: "tool_use", name: "calculate", json: `{"expression":"${number} + 1"}` }
        ]
      }
    : MessagesApi.text(`Well, about ${number}: ${filler}`)
}

const small = { context: { window_tokens: 8000, compact_at: 0.75 } }

const textOf = (body: MessagesBody): string => JSON.stringify(body.messages)
const escaped = (text: string) => JSON.stringify(text).slice(1, -1)

describe("compaction", () => {
  it.live(
    "5 rules and 5 tasks over 400 turns are all in what is sent, word for word",
    () =>
      Effect.gen(function* () {
        const api = yield* MessagesApi.make({ brain })
        const database = join(yield* directory, "blufio.db")
        yield* Effect.gen(function* () {
          const { say } = yield* start({ api, database, settings: small })
          for (const said of [...rules, ...tasks]) yield* say(said)
          for (let turn = 1; turn <= 390; turn++) {
            const reply = yield* say(`Tell me about topic ${turn}, with what you know of it.`)
            assert.include(reply, `about ${turn}`)
            assert.notInclude(reply, "⚠️")
          }
        }).pipe(Effect.scoped)

        for (const call of yield* api.calls)
          assert.strictEqual(call.outcome, "answered", call.message)
        const sent = yield* bodies(api)
        const condensing = sent.filter(isCondensing)
        const chats = sent.filter((body) => !isCondensing(body))
        const [compactions, messages, notes, booked] = query(
          database,
          "SELECT kind, state, first_message, last_message FROM compactions ORDER BY id",
          "SELECT role, parts FROM messages ORDER BY id",
          "SELECT kind, text FROM notes",
          "SELECT purpose, state FROM cost_ledger WHERE purpose = 'compaction'"
        )
        assert.isAtLeast(compactions!.filter(({ kind }) => kind === "range").length, 3)
        assert.isTrue(compactions!.every(({ state }) => state === "finished"))
        assert.strictEqual(booked!.length, condensing.length)
        assert.isTrue(booked!.every(({ state }) => state === "settled"))

        for (const [index, body] of chats.entries()) {
          if (index < rules.length + tasks.length) continue
          const text = textOf(body)
          for (const said of [...rules, ...tasks])
            assert.include(text, escaped(said), `request ${index} of ${chats.length}`)
        }
        assert.strictEqual(messages!.filter(({ role }) => role === "user").length, 400)
        const stored = messages!.map(({ parts }) => String(parts)).join("\n")
        for (let turn = 1; turn <= 390; turn++) assert.include(stored, `about topic ${turn},`)
        assert.isAtMost(notes!.length, 15)

        // No summary is made of a summary: what is condensed are the messages themselves.
        for (const body of condensing) {
          assert.notInclude(textOf(body), "They talked about many things.")
          assert.match(textOf(body), /Tell me about topic \d+|Rule 1/)
        }
        const told = condensing.map(textOf).join("\n")
        const last = Math.max(
          ...[...told.matchAll(/about topic (\d+),/g)].map((found) => Number(found[1]))
        )
        for (let turn = 1; turn <= last; turn++) assert.include(told, `about topic ${turn},`)
        yield* Effect.logInfo(
          `${compactions!.length} compactions, ${condensing.length} calls, up to topic ${last}`
        )
      }).pipe(Effect.scoped),
    180_000
  )
})
