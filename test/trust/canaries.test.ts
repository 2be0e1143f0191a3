// SPDX-License-Identifier: MIT OR Apache-2.0
/** Secrets of other people's making come in by every entrance; none leaves by any exit (SEC-08). */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { refuse, text, toolCall } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { command, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { secrets } from "../domain/redaction/samples.ts"
import { ask, person, printJson, rowsOf } from "../serve/support.ts"
import { filesOf, fill, makeKeyless, unlocked } from "./support.ts"

/** A secret of its own for each entrance, so that a leak names its way. */
const canary = (() => {
  const wanted = [
    "anthropic-key",
    "openai-key",
    "github-token",
    "aws-access-key",
    "slack-token",
    "stripe-key",
    "google-api-key",
    "huggingface-token",
    "groq-key",
    "gitlab-token",
    "openrouter-key",
    "replicate-token",
    "xai-key"
  ]
  const found = wanted.map((kind) => secrets.find((sample) => sample.kind === kind)?.secret)
  return (index: number) => found[index] ?? assert.fail(`there is no sample ${wanted[index]}`)
})()

/** As it stands, and as JSON, a URL, or a hand that splits words would carry it. */
const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("hex"),
  Buffer.from(secret, "utf16le").toString("latin1")
]

const site = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly server: Http.Server }>((resume) => {
    const server = Http.createServer((request, response) => {
      if (request.url === "/moved") {
        response.writeHead(302, { location: `/page?token=${canary(5)}` })
        return response.end()
      }
      response.setHeader("content-type", "text/plain")
      response.setHeader("x-token", canary(6))
      response.end(`The page says ${canary(4)}, and that is that.`)
    })
    server.listen(0, "127.0.0.1", () =>
      resume(
        Effect.succeed({
          url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          server
        })
      )
    )
  }),
  ({ server }) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
)

describe("canaries", () => {
  it.live("planted at every entrance come out at no exit", () =>
    Effect.gen(function* () {
      const { url } = yield* site
      const { anthropic, home, telegram } = yield* makeKeyless(
        `[tools]\nhttp_allow_private = ["127.0.0.0/8"]`
      )
      const held = { OTHER_KEY: "a stored value of no known form", PIN_CODE: "98-blue-monkeys-41" }
      yield* fill(home, {
        ANTHROPIC_API_KEY: anthropic.key,
        TELEGRAM_BOT_TOKEN: telegram.token,
        ...held
      })
      const values = [
        anthropic.key,
        telegram.token,
        ...Object.values(held),
        ...Array.from({ length: 13 }, (_, index) => canary(index))
      ]
      yield* anthropic.setBrain((body) => {
        const { results, step, words } = Fakes.asked(body)
        if (words.includes("fetch") && step === 0)
          return toolCall("http_request", { url: `${url}/moved?key=${canary(7)}` })
        if (words.includes("calculate") && step === 0)
          return toolCall("calculate", { expression: canary(8), [canary(9)]: canary(9) })
        if (words.includes("no such tool") && step === 0) return toolCall(canary(8), {})
        if (words.includes("break"))
          return refuse(400, { message: `bad header: x-api-key ${canary(10)}` })
        if (words.includes("say")) {
          const leak = `It is ${canary(11)} or ${held.OTHER_KEY}, see ${held.PIN_CODE}!`
          return {
            blocks: [{ type: "thinking", thinking: leak }, ...text(leak).blocks],
            eventDelayMillis: words.includes("slowly") ? 60 : 0
          }
        }
        return text(results.join("\n") || "Fine.")
      })
      const daemon = yield* serve({ home, env: unlocked })
      const told = yield* ask(home, telegram, `My key is ${canary(0)}, keep it`)
      assert.isTrue(
        told.some((shown) => /secret/.test(shown) && shown.includes("blufio secret set NAME")),
        told.join("\n")
      )
      const outputs: Array<string> = []
      const post = Effect.fnUntraced(function* (
        body: unknown,
        headers: Readonly<Record<string, string>> = {},
        path = "/v1/messages"
      ) {
        const answer = yield* call(home.socket, path, { body, headers })
        outputs.push(answer.body, printJson(answer.headers))
      })
      const stream = { accept: "text/event-stream" }
      yield* post({ text: `fetch ${url} with ${canary(1)} and ${held.PIN_CODE}` })
      yield* post({ text: "calculate it" }, stream)
      yield* post({ text: "use no such tool" })
      yield* post({ text: "break please" })
      yield* post({ text: "say it slowly" }, stream)
      yield* post({ session: canary(2), text: "named so" })
      yield* post({ text: 7, [canary(2)]: canary(2) })
      yield* call(home.socket, `/v1/sessions/${canary(3)}`).pipe(
        Effect.map(({ body }) => outputs.push(body))
      )
      yield* ask(home, telegram, "say it slowly")
      yield* ask(home, telegram, `/nosuchcommand ${canary(3)}`)
      telegram.userSays(person, `${canary(12).slice(0, 9)} is but a piece`)
      const cli = Effect.fnUntraced(function* (stdin: string, ...args: ReadonlyArray<string>) {
        const done = yield* command({ home, args, stdin, env: unlocked })
        outputs.push(done.stdout, done.stderr)
      })
      yield* cli(`say it with ${canary(12)}\n`, "shell")
      yield* cli("", "logs", "--json")
      yield* cli("", "session", "list", "--json")
      yield* cli("", "status", "--json")
      yield* cli("", "audit", "tail", "-n", "1000", "--json")
      yield* cli("", "secret", "list", "--json")
      yield* cli("", "config", "get", "provider.default")
      yield* cli("", "key", "create", canary(1), "--scopes", "chat")
      yield* cli("", "pairing", "approve", canary(1))
      yield* daemon.kill("SIGKILL")
      const calls = yield* anthropic.calls
      const places: Readonly<Record<string, string>> = {
        ...filesOf(home),
        stdout: daemon.stdout(),
        stderr: daemon.stderr(),
        chat: printJson(telegram.sent.map(({ versions }) => versions)),
        prompts: printJson(calls.map(({ body }) => body)),
        outputs: outputs.join("\n"),
        rows: printJson(rowsOf(home, "SELECT * FROM audit"))
      }
      for (const [place, content] of Object.entries(places))
        for (const value of values)
          for (const spelled of spellings(value))
            assert.isFalse(
              content.includes(spelled),
              `${value} in ${place}: ${content.slice(
                Math.max(0, content.indexOf(spelled) - 200),
                content.indexOf(spelled) + 40
              )}`
            )
      // What was taken out is named where it stood.
      assert.include(places["prompts"]!, "[OTHER_KEY]")
      assert.include(places["chat"]!, "[PIN_CODE]")
      assert.include(places["outputs"]!, "The page says [")
    })
  )
})
