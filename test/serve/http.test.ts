// SPDX-License-Identifier: MIT OR Apache-2.0
/** The API as programs meet it: shapes, statuses, event order, and what the port keeps to itself. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { type Answer, call, callPort, say } from "../support/api.ts"
import { type Running, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, decodeRefusal, eventually } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

class World extends Context.Service<
  World,
  Outside & { readonly daemon: Running; readonly port: string }
>()("blufio/test/serve/http.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* outside.anthropic.setBrain((body) => {
        const { step, words } = Fakes.asked(body)
        if (words.includes("wait") && step === 0) return toolCall("wait", { seconds: 0 })
        return text(`${body.messages.length}: You said ${words}.`)
      })
      const daemon = yield* serve({ home: outside.home })
      const port = yield* daemon.says(/http:\/\/[\d.]+:(\d+)/)
      yield* ask(outside.home, outside.telegram, "/whoami")
      return World.of({ ...outside, daemon, port })
    })
  )
}

const refusedAs = Effect.fnUntraced(function* (answer: Answer, status: number, type: string) {
  assert.strictEqual(answer.status, status, answer.body)
  const { error } = yield* decodeRefusal(answer.body)
  assert.strictEqual(error.type, type)
  return error.message
})

layer(World.layer, { excludeTestServices: true })("the API", (it) => {
  it.effect("a bad body is 400 with the path of the fault", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* World
      const bad = [
        [{ body: { text: 7 } }, /text/],
        [{ body: { text: "" } }, /text/],
        [{ body: { text: " \n " } }, /text/],
        [{ body: { session: "a\tb", text: "Hi" } }, /session/],
        [{ body: { session: "", text: "Hi" } }, /session/],
        [{ body: { session: "x".repeat(129), text: "Hi" } }, /session/],
        [{ body: {} }, /text/],
        [{ raw: "{oh" }, /./],
        [{ raw: "[]" }, /./]
      ] as const
      for (const [options, path] of bad) {
        const answer = yield* call(home.socket, "/v1/messages", options)
        assert.match(yield* refusedAs(answer, 400, "invalid_request"), path)
      }
      assert.lengthOf(yield* anthropic.calls, 0)
    })
  )

  it.effect("a body over 1 MiB is 413", () =>
    Effect.gen(function* () {
      const { home } = yield* World
      const answer = yield* call(home.socket, "/v1/messages", {
        body: { text: "x".repeat(1024 * 1024) }
      })
      yield* refusedAs(answer, 413, "too_large")
    })
  )

  it.effect("what is not there is 404, unknown routes too", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      for (const path of ["/v1/sessions/nothing", "/v1/nothing", "/", "/v1/messages/7"]) {
        yield* refusedAs(yield* call(home.socket, path), 404, "not_found")
      }
      yield* refusedAs(yield* callPort(port, "/nothing"), 401, "unauthorized")
    })
  )

  it.effect("another method is 405, another type of body 415, and HEAD is as GET", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      yield* refusedAs(yield* call(home.socket, "/v1/messages"), 405, "method_not_allowed")
      yield* refusedAs(
        yield* call(home.socket, "/v1/status", { body: {} }),
        405,
        "method_not_allowed"
      )
      yield* refusedAs(
        yield* callPort(port, "/healthz", { method: "POST" }),
        405,
        "method_not_allowed"
      )
      const form = {
        raw: "text=Hi",
        headers: { "content-type": "application/x-www-form-urlencoded" }
      }
      yield* refusedAs(
        yield* call(home.socket, "/v1/messages", form),
        415,
        "unsupported_media_type"
      )
      const head = yield* callPort(port, "/healthz", { method: "HEAD" })
      assert.deepEqual([head.status, head.body], [200, ""])
    })
  )

  it.effect("on the port /healthz and /readyz are for everybody, and nothing else", () =>
    Effect.gen(function* () {
      const { port } = yield* World
      const health = yield* callPort(port, "/healthz")
      assert.deepEqual([health.status, health.body], [200, `{"ok":true}`])
      assert.strictEqual((yield* callPort(port, "/readyz")).status, 200)
      for (const path of ["/v1/status", "/v1/sessions", "/v1/logs", "/v1/daemon", "/v1/pairing"])
        yield* refusedAs(yield* callPort(port, path), 401, "unauthorized")
    })
  )

  it.effect("server-sent events come in order, and end with done", () =>
    Effect.gen(function* () {
      const { home } = yield* World
      const answer = yield* call(home.socket, "/v1/messages", {
        body: { session: "stream", text: "Please wait" },
        headers: { accept: "text/event-stream" }
      })
      assert.strictEqual(answer.status, 200)
      const events = [...answer.body.matchAll(/^event: (\w+)\ndata: (.*)$/gm)]
      const names = events.map(([, name]) => name)
      const order = names.filter((name, index) => name !== names[index - 1])
      assert.deepEqual(order, ["tool", "delta", "done"])
      assert.match(events[0]![2]!, /"name":"wait","state":"started"/)
      assert.match(events[1]![2]!, /"name":"wait","state":"finished"/)
      const deltas = events
        .filter(([, name]) => name === "delta")
        .map(([, , data]) => /"text":"(.*)"\}$/.exec(data!)![1])
      assert.strictEqual(deltas.join(""), "3: You said Please wait.")
      assert.match(events.at(-1)![2]!, /"session":"[^"]+","text":"3: You said Please wait\."/)
    })
  )

  it.effect("a caller's session name goes on after /new, in a new conversation", () =>
    Effect.gen(function* () {
      const { home } = yield* World
      const first = yield* say(home.socket, "One", "mine")
      const second = yield* say(home.socket, "Two", "mine")
      assert.deepEqual([first.text, second.text], ["1: You said One.", "3: You said Two."])
      assert.strictEqual(second.session, first.session)
      const renewed = yield* say(home.socket, "/new", "mine")
      assert.match(renewed.text, /new conversation/)
      assert.notStrictEqual(renewed.session, first.session)
      const third = yield* say(home.socket, "Three", "mine")
      assert.strictEqual(third.text, "1: You said Three.")
      assert.strictEqual(third.session, renewed.session)
      const byId = yield* say(home.socket, "Four", first.session)
      assert.strictEqual(byId.session, third.session, "an id stands for its chat")
    })
  )

  it.effect("an unknown command is answered with help and never sent to the model", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* World
      const before = (yield* anthropic.requests).length
      const { text } = yield* say(home.socket, "/frobnicate all")
      assert.match(text, /^I do not know that command/)
      assert.match(text, /\/help – /)
      for (const command of ["/help", "/status", "/whoami", "/retry", "/approve"])
        assert.isNotEmpty((yield* say(home.socket, command, "commands")).text)
      assert.lengthOf(yield* anthropic.requests, before)
      const path = yield* say(home.socket, "/etc/passwd is a file", "path")
      assert.include(path.text, "/etc/passwd")
    })
  )

  it.effect("/retry answers the last message again, as if the first answer had not been", () =>
    Effect.gen(function* () {
      const { home } = yield* World
      yield* say(home.socket, "Once more", "retry")
      assert.strictEqual(
        (yield* say(home.socket, "/retry", "retry")).text,
        "1: You said Once more."
      )
      const streamed = yield* call(home.socket, "/v1/messages", {
        body: { session: "retry", text: "/retry" },
        headers: { accept: "Text/Event-Stream" }
      })
      const names = [...streamed.body.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)
      assert.deepEqual([names[0], names.at(-1)], ["message", "done"])
      assert.match(streamed.body, /^data: {"text":"Trying again\."}$/m)
      const again = yield* say(home.socket, "And then?", "retry")
      assert.strictEqual(again.text, "3: You said And then?.")
      yield* atRest(home)
    })
  )

  it.effect("an answer that nobody can come back for is not waited with", () =>
    Effect.gen(function* () {
      const { home } = yield* World
      const hungUp = yield* Effect.forkChild(
        call(home.socket, "/v1/messages", { body: { text: "Please wait a little" } })
      )
      yield* eventually(
        home,
        "SELECT 1 FROM sessions WHERE chat LIKE 'once:%'",
        (rows) => rows.length === 1
      )
      yield* Fiber.interrupt(hungUp)
      yield* atRest(home)
    })
  )

  it.effect("an answer that was missed waits in its session, and comes before the next", () =>
    Effect.gen(function* () {
      const { anthropic, home } = yield* World
      yield* anthropic.enqueue({ ...text("This was missed."), eventDelayMillis: 100 })
      const hungUp = yield* Effect.forkChild(
        call(home.socket, "/v1/messages", { body: { session: "missed", text: "Hello" } })
      )
      yield* eventually(
        home,
        "SELECT 1 FROM turns JOIN sessions ON session = sessions.id WHERE chat = 'missed'",
        (rows) => rows.length === 1
      )
      yield* Fiber.interrupt(hungUp)
      yield* eventually(
        home,
        "SELECT 1 FROM outbox WHERE chat = 'missed' AND state = 'pending'",
        (rows) => rows.length === 1
      )
      const next = yield* call(home.socket, "/v1/messages", {
        body: { session: "missed", text: "Are you there?" },
        headers: { accept: "text/event-stream" }
      })
      assert.match(
        next.body,
        /^event: message\ndata: {"text":"This was missed\."}\n\nevent: delta\n[^]*event: done/
      )
      yield* atRest(home)
    })
  )
})
