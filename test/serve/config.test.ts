// SPDX-License-Identifier: MIT OR Apache-2.0
/** What a person sets is seen from outside: in the prompt, in the log, in one line at start. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { command, makeHome, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, printJson } from "./support.ts"

describe("configuration", () => {
  it.live("the persona and the zone stand in what the model is sent", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make(`
[agent]
name = "Griselda"

system_prompt_file = "PROMPT.md"
personality_files = ["SOUL.md", "USER.md"]
time_zone = "Asia/Tokyo"

[memory]
top_k = 3

[heartbeat]
enabled = true

[skills]
fuel = 5
`)
      writeFileSync(join(home.dir, "PROMPT.md"), "From the prompt file.")
      writeFileSync(join(home.dir, "SOUL.md"), "The soul file.")
      writeFileSync(join(home.dir, "USER.md"), "The user file.")
      const env = { BLUFIO__CONTEXT__WINDOW_TOKENS: "100000" }
      const daemon = yield* serve({ home, env })
      const notYet = daemon
        .stdout()
        .split("\n")
        .filter((line) => line.includes("not yet"))
      assert.lengthOf(notYet, 1)
      for (const key of ["memory.top_k", "skills.fuel"]) assert.include(notYet[0], key)
      for (const key of ["agent.name", "heartbeat.enabled", "context.window_tokens"])
        assert.notInclude(notYet[0], key)
      yield* ask(home, telegram, "Explain how a heat pump works.")
      const body = (yield* anthropic.calls)[0]!.body as MessagesBody
      const system = printJson(body.system)
      const places = [
        "You are Griselda",

        "From the prompt file.",
        "The soul file.",
        "The user file."
      ].map((words) => system.indexOf(words))
      assert.notInclude(places, -1)
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b)
      )
      assert.match(printJson(body.messages), /\[Sent on .*\(Asia\/Tokyo\)\]/)
      assert.strictEqual(body.model, "claude-sonnet-5-5")
    })
  )

  it.live("a prompt inline stands where the file would", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const env = { BLUFIO__AGENT__SYSTEM_PROMPT: "Speak like a lighthouse keeper." }
      yield* serve({ home, env })
      yield* ask(home, telegram, "Hello!")
      const { system } = (yield* anthropic.calls)[0]!.body as MessagesBody
      assert.match(printJson(system), /You are Blufio.*Speak like a lighthouse keeper\./s)
    })
  )

  it.live("a personality file that is missing stops the start with a sentence", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(`[agent]\npersonality_files = ["NOBODY.md"]\n`)
      const { code, stderr } = yield* command({ home, args: ["serve"] })
      assert.oneOf(code, [1, 3])
      assert.match(stderr, /NOBODY\.md/)
      assert.lengthOf(stderr.trim().split("\n"), 1)
    })
  )

  it.live.each([
    ["json", /^\{"message":/m],
    ["pretty", /^timestamp=.* level=/m]
  ] as const)("log_format = %s", ([format, shape]) =>
    Effect.gen(function* () {
      const home = yield* makeHome(`[observability]\nlog_format = "${format}"\n`)
      const daemon = yield* serve({ home })
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.match(daemon.stderr(), shape)
      assert.notMatch(daemon.stdout(), shape)
    })
  )

  it.live("storage.path, and a level for the log", () =>
    Effect.gen(function* () {
      const home = yield* makeHome()
      const elsewhere = join(home.dir, "elsewhere/mine.db")
      const daemon = yield* serve({ home, env: { BLUFIO__STORAGE__PATH: elsewhere } })
      assert.include(daemon.stdout(), elsewhere)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
      assert.match(daemon.stderr(), /stopping/)
      const quiet = yield* command({
        home,
        args: ["--log-level", "error", "shell"],
        stdin: "what is 2 + 2\n"
      })
      assert.strictEqual(quiet.stderr, "")
      assert.match(quiet.stdout, /4/)
    })
  )
})
