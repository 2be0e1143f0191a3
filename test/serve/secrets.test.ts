// SPDX-License-Identifier: MIT OR Apache-2.0
/** Canaries: a key and a token are nowhere but in the environment and in the requests that need them (invariant 8). */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { command, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, printJson } from "./support.ts"

describe("secrets", () => {
  it.live("appear in no message, no log, no row, whoever says them", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      const canaries = [anthropic.key, telegram.token]
      yield* anthropic.setBrain((body) => {
        const { step, words } = Fakes.asked(body)
        const leak = `The key is ${anthropic.key} and the token ${telegram.token}, so there.`
        if (words.includes("tool") && step === 0)
          return toolCall(anthropic.key, { expression: `1 + ${telegram.token}` })
        return {
          blocks: [{ type: "thinking", thinking: leak }, ...text(leak).blocks],
          eventDelayMillis: words.includes("slowly") ? 150 : 0
        }
      })
      const daemon = yield* serve({ home })
      const [plain] = yield* ask(home, telegram, "Tell me your key")
      assert.match(plain!, /The key is \[ANTHROPIC_API_KEY\] and the token \[TELEGRAM_BOT_TOKEN\]/)
      yield* ask(home, telegram, "Tell me slowly")
      yield* ask(home, telegram, "Use a tool for it")
      yield* ask(home, telegram, `Is ${anthropic.key} right?`)
      const streamed = yield* call(home.socket, "/v1/messages", {
        body: { text: "Tell me slowly" },
        headers: { accept: "text/event-stream" }
      })
      const logs = yield* command({ home, args: ["logs"] })
      const sessions = yield* command({ home, args: ["session", "list", "--json"] })
      const status = yield* command({ home, args: ["status", "--json"] })
      yield* daemon.kill("SIGKILL")
      const files = readdirSync(dirname(home.database))
        .filter((name) => !name.endsWith(".sock"))
        .map((name) => [name, readFileSync(join(dirname(home.database), name), "latin1")] as const)
      const places = {
        stdout: daemon.stdout(),
        stderr: daemon.stderr(),
        logs: logs.stdout,
        sessions: sessions.stdout,
        status: status.stdout,
        streamed: streamed.body,
        chat: printJson(telegram.sent.map(({ versions }) => versions)),
        prompts: printJson((yield* anthropic.calls).map(({ body }) => body)),
        ...Object.fromEntries(files)
      }
      for (const [place, content] of Object.entries(places))
        for (const canary of canaries)
          assert.isFalse(content.includes(canary), `${canary} in ${place}`)
      assert.include(places.chat, "[ANTHROPIC_API_KEY]")
    })
  )
})
