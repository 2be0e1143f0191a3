// SPDX-License-Identifier: MIT OR Apache-2.0
/** SIGTERM: what runs may finish, the rest stays resumable, and the process ends well (contract 3, 6). */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { call } from "../support/api.ts"
import { serve } from "../support/Blufio.ts"
import { query } from "../support/database.ts"
import * as Fakes from "../support/Fakes.ts"
import { decodeRefusal, eventually, person, printJson } from "./support.ts"

describe("drain", () => {
  it.live("an idle daemon ends within four seconds", () =>
    Effect.gen(function* () {
      const { home } = yield* Fakes.make()
      const daemon = yield* serve({ home })
      const before = yield* Clock.currentTimeMillis
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.isBelow((yield* Clock.currentTimeMillis) - before, 4000)
    })
  )

  it.live("a turn that ends in time is finished and delivered", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain((body) =>
        Fakes.asked(body).step === 0
          ? toolCall("wait", { seconds: 1 })
          : { ...text("Here it is, complete."), eventDelayMillis: 100 }
      )
      const daemon = yield* serve({ home })
      telegram.userSays(person, "Take your time")
      yield* telegram.waitFor(() => telegram.shownIn(person).some((shown) => /wait/.test(shown)))
      telegram.userSays(person, "And this comes after")
      yield* telegram.waitFor(() => telegram.unconfirmed === 0)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.deepEqual(telegram.shownIn(person), ["Here it is, complete."])
      assert.lengthOf(yield* anthropic.calls, 2)
      const [turns, inbox, outbox] = query(
        home.database,
        "SELECT state FROM turns",
        "SELECT state FROM inbox ORDER BY id",
        "SELECT state FROM outbox"
      )
      assert.deepEqual(turns, [{ state: "done" }])
      assert.deepEqual(inbox, [{ state: "done" }, { state: "pending" }])
      assert.deepEqual(outbox, [{ state: "sent" }])

      yield* serve({ home })
      yield* telegram.waitFor(() => telegram.shownIn(person).length === 2)
      yield* telegram.waitFor(() => telegram.shownIn(person)[1] === "Here it is, complete.")
    })
  )

  it.live("a turn that does not is left where it is, and the next start goes on from there", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(
        `[agent]\ndrain_timeout = "1 second"\n`
      )
      let slow = true
      yield* anthropic.setBrain((body) => {
        if (Fakes.asked(body).step === 0) return toolCall("calculate", { expression: "6 * 7" })
        return { ...text("The answer is 42."), eventDelayMillis: slow ? 10_000 : 0 }
      })
      const daemon = yield* serve({ home })
      telegram.userSays(person, "What is six times seven?")
      yield* anthropic.waitFor((call) => (call.body as MessagesBody)?.messages?.length > 1)
      const before = yield* Clock.currentTimeMillis
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      const took = (yield* Clock.currentTimeMillis) - before
      assert.isAtLeast(took, 1000)
      assert.isBelow(took, 1000 + 4000)
      const open = query(
        home.database,
        "SELECT count(*) AS open FROM turns WHERE finished_at IS NULL"
      )
      assert.deepEqual(open, [[{ open: 1 }]])

      slow = false
      const second = yield* serve({ home })
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("The answer is 42."))
      assert.strictEqual(yield* second.kill("SIGTERM"), 0)
      assert.lengthOf(telegram.shownIn(person), 1)
      const steps = (yield* anthropic.calls).map(
        (call) => Fakes.asked(call.body as MessagesBody).step
      )
      assert.deepEqual(steps, [0, 1, 1], "only the step that was cut off is asked again")
      const [ledger, tools] = query(
        home.database,
        "SELECT state FROM cost_ledger ORDER BY id",
        "SELECT state FROM steps WHERE kind = 'tool'"
      )
      assert.deepEqual(ledger, [
        { state: "settled" },
        { state: "unconfirmed" },
        { state: "settled" }
      ])
      assert.deepEqual(tools, [{ state: "finished" }])
    })
  )

  it.live("who asks over HTTP meanwhile is told so, and is answered after the next start", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* Fakes.make(`[agent]\ndrain_timeout = "1 second"\n`)
      yield* anthropic.setBrain(() => ({ ...text("Slowly done."), eventDelayMillis: 10_000 }))
      const daemon = yield* serve({ home })
      const asked = yield* Effect.forkChild(
        call(home.socket, "/v1/messages", { body: { session: "late", text: "Hello?" } })
      )
      yield* anthropic.waitFor(() => true)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      const { body, status } = yield* Fiber.join(asked)
      assert.strictEqual(status, 503, body)
      assert.strictEqual((yield* decodeRefusal(body)).error.type, "shutting_down")

      yield* anthropic.setBrain(() => text("Done."))
      yield* serve({ home })
      yield* eventually(
        home,
        "SELECT 1 FROM outbox WHERE chat = 'late' AND state = 'pending'",
        (rows) => rows.length === 1
      )
    })
  )

  it.live("a conversation goes on after a restart, with all that was said", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain((body) => text(`Reply to ${Fakes.asked(body).words}`))
      const first = yield* serve({ home })
      telegram.userSays(person, "My cat is called Momo")
      yield* telegram.waitFor(() => telegram.shownIn(person).length === 1)
      assert.strictEqual(yield* first.kill("SIGTERM"), 0)
      yield* serve({ home })
      telegram.userSays(person, "What is my cat called?")
      yield* telegram.waitFor(() =>
        telegram.shownIn(person).includes("Reply to What is my cat called?")
      )
      const [before, after] = (yield* anthropic.calls).map((call) => call.body as MessagesBody)
      assert.deepEqual(
        after!.messages.map((message) => message.role),
        ["user", "assistant", "user"]
      )
      const withoutMarks = (messages: MessagesBody["messages"]) =>
        printJson(messages).replaceAll(/,"cache_control":\{[^}]*\}/g, "")
      assert.strictEqual(
        withoutMarks([after!.messages[0]]),
        withoutMarks([before!.messages[0]]),
        "what was said is replayed byte for byte"
      )
      assert.include(printJson(after!.messages[1]), "Reply to My cat is called Momo")
    })
  )
})
