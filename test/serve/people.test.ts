// SPDX-License-Identifier: MIT OR Apache-2.0
/** Who may talk: unknown people get a code and cost nothing; what keeps the agent from answering is said. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { command, makeHome, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, decodeRefusal, person, rowsOf } from "./support.ts"

const codeIn = (shown: string) => /\b[2-9A-HJ-NP-Z]{8}\b/.exec(shown)?.[0]

describe("pairing", () => {
  it.live("an unknown person gets a code, and is let in by it", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain(() => text("Welcome."))
      yield* serve({ home })
      const strangers = [901, 902, 903, 904]
      const codes: Array<string> = []
      for (const stranger of strangers.slice(0, 3)) {
        telegram.userSays(stranger, "Hello, who are you?")
        const shown = yield* telegram.waitFor(() => telegram.shownIn(stranger)[0])
        assert.include(shown, "blufio pairing approve")
        codes.push(codeIn(shown)!)
      }
      assert.lengthOf(new Set(codes), 3)
      telegram.userSays(904, "Me too!")
      telegram.userSays(901, "Hello again?")
      const again = yield* telegram.waitFor(() => telegram.shownIn(901)[1])
      assert.strictEqual(codeIn(again), codes[0], "the same code while it lives")
      assert.deepEqual(telegram.shownIn(904), [], "at most three codes are pending")
      assert.lengthOf(yield* anthropic.requests, 0)
      assert.deepEqual(rowsOf(home, "SELECT id FROM inbox"), [])
      assert.deepEqual(rowsOf(home, "SELECT id FROM cost_ledger"), [])

      const wrong = yield* command({ home, args: ["pairing", "approve", "AAAAAAAA"] })
      assert.strictEqual(wrong.code, 1)
      const first = yield* command({ home, args: ["pairing", "approve", codes[1]!, "--json"] })
      assert.strictEqual(first.code, 0)
      assert.include(first.stdout, `"role":"owner"`)
      const second = yield* command({ home, args: ["pairing", "approve", codes[0]!, "--json"] })
      assert.include(second.stdout, `"role":"member"`)
      assert.deepEqual(yield* ask(home, telegram, "Hello!", 902), ["Welcome."])
      const [who] = yield* ask(home, telegram, "/whoami", 902)
      assert.match(who!, /You are owner/)
      const [other] = yield* ask(home, telegram, "/whoami", 901)
      assert.match(other!, /You are telegram:901/)

      telegram.userSays(904, "And now?")
      yield* telegram.waitFor(() => codeIn(telegram.shownIn(904)[0] ?? ""))

      const revoked = yield* command({ home, args: ["pairing", "revoke", "901"] })
      assert.strictEqual(revoked.code, 0)
      const before = (yield* anthropic.requests).length
      telegram.userSays(901, "Still there?")
      yield* telegram.waitFor(() => codeIn(telegram.shownIn(901).at(-1) ?? ""))
      assert.lengthOf(yield* anthropic.requests, before)
    })
  )
})

describe("without a key", () => {
  it.live("a chosen provider is not ready, and says why in chat and at /readyz", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const env = { ANTHROPIC_API_KEY: "", BLUFIO__PROVIDER__DEFAULT: "anthropic" }
      const daemon = yield* serve({ home, env })
      const [reply, ...others] = yield* ask(home, telegram, "Hello!", person)
      assert.deepEqual(others, [])
      assert.match(reply!, /⚠️ The model cannot be used: .*ANTHROPIC_API_KEY/)
      const ready = yield* call(home.socket, "/readyz")
      assert.strictEqual(ready.status, 503)
      assert.match(ready.body, /provider anthropic.*ANTHROPIC_API_KEY/)
      assert.strictEqual((yield* call(home.socket, "/healthz")).status, 200)
      const answer = yield* call(home.socket, "/v1/messages", { body: { text: "Hello!" } })
      assert.strictEqual(answer.status, 502)
      assert.include((yield* decodeRefusal(answer.body)).error.message, "ANTHROPIC_API_KEY")
      assert.match(daemon.stdout(), /not usable/)
      const [status] = yield* ask(home, telegram, "/status", person)
      assert.match(status!, /⚠️ provider anthropic/)
      assert.lengthOf(yield* anthropic.requests, 0)
    })
  )

  it.live("and without a choice the demo answers, and says what it is", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const daemon = yield* serve({ home })
      assert.match(daemon.stdout(), /demo \(free, offline\)/)
      assert.strictEqual((yield* call(home.socket, "/readyz")).status, 200)
      const answer = yield* call(home.socket, "/v1/messages", { body: { text: "Hello!" } })
      assert.match(answer.body, /demo model.*ANTHROPIC_API_KEY/)
    })
  )

  it.live("a key alone makes Anthropic the provider", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* serve({ home })
      yield* ask(home, telegram, "Hello!", person)
      assert.lengthOf(yield* anthropic.calls, 1)
    })
  )
})
