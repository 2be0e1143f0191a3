// SPDX-License-Identifier: MIT OR Apache-2.0
/** Limits: on rounds of tool use, on a turn's time, on turns at once. Reaching one is told. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, rowsOf } from "./support.ts"

describe("limits", () => {
  it.live("max_tool_iterations: the person is told, with what was said until then", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(`[agent]\nmax_tool_iterations = 3\n`)
      const tool = toolCall("calculate", { expression: "1 + 1" }).blocks
      yield* anthropic.setBrain((body) =>
        Fakes.asked(body).words === "Go"
          ? { blocks: [...text("Still at it.").blocks, ...tool] }
          : text("Fine.")
      )
      yield* serve({ home })
      const [reply, ...others] = yield* ask(home, telegram, "Go")
      assert.deepEqual(others, [])
      assert.match(
        reply!,
        /Still at it\..*⚠️ I stopped after 3 rounds.*agent\.max_tool_iterations/s
      )
      assert.lengthOf(yield* anthropic.calls, 3)
      assert.deepEqual(rowsOf(home, "SELECT state, detail FROM turns"), [
        { state: "failed", detail: "IterationLimit" }
      ])
      assert.deepEqual(yield* ask(home, telegram, "And now?"), ["Fine."])
    })
  )

  it.live("turn_timeout: the model's request is aborted and the person told", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(
        `[agent]\nturn_timeout = "700 millis"\n`
      )
      yield* anthropic.enqueue({ ...text("Too slow to matter."), eventDelayMillis: 5000 })
      yield* serve({ home })
      const [reply, ...others] = yield* ask(home, telegram, "Go")
      assert.deepEqual(others, [])
      assert.match(reply!, /⚠️ I stopped: this took longer than 700 ?m\w+ \(agent\.turn_timeout\)/)
      yield* anthropic.waitFor(({ outcome }) => outcome === "aborted")
      const [after] = yield* ask(home, telegram, "And now?")
      assert.match(after!, /^reply to/)
    })
  )

  it.live("max_concurrent_turns bounds the requests that run at once", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* Fakes.make(`[agent]\nmax_concurrent_turns = 2\n`)
      const takes = 300
      yield* anthropic.setBrain(() => ({ ...text("Done."), startDelayMillis: takes }))
      yield* serve({ home })
      const answers = yield* Effect.forEach(
        [1, 2, 3, 4, 5, 6],
        (chat) =>
          call(home.socket, "/v1/messages", { body: { session: `chat-${chat}`, text: "Go" } }),
        { concurrency: "unbounded" }
      )
      for (const { status } of answers) assert.strictEqual(status, 200)
      const at = (yield* anthropic.calls).map((request) => request.at)
      assert.lengthOf(at, 6)
      assert.isBelow(at[1]! - at[0]!, takes, "two at once")
      for (const [index, time] of at.slice(2).entries())
        assert.isAtLeast(time - at[index]!, takes, "but never a third")
    })
  )
})
