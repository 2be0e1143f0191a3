// SPDX-License-Identifier: MIT OR Apache-2.0
/** Whether Telegram is heard shows wherever one asks, and no fault of it lets the token out. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { Readiness } from "../../src/api/schemas.ts"
import { type Fault, unauthorized } from "../fakes/BotApi.ts"
import { text } from "../fakes/MessagesApi.ts"
import { call } from "../support/api.ts"
import { command, type Home, type Running, serve } from "../support/Blufio.ts"
import { answersOf, assertNowhere, type Places, tracesOf } from "../support/canary.ts"
import * as Fakes from "../support/Fakes.ts"
import { ask, atRest, person } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

const env = { BLUFIO__TELEGRAM__POLL_TIMEOUT: "1 second" }

class World extends Context.Service<
  World,
  Outside & { readonly daemon: Running; readonly places: Record<string, string> }
>()("blufio/test/serve/telegram-health.test/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* outside.anthropic.setBrain(() => text("All is well."))
      return World.of({ ...outside, daemon: yield* serve({ home: outside.home, env }), places: {} })
    })
  )
}

const decodeReadiness = Schema.decodeUnknownEffect(Schema.fromJsonString(Readiness))

/** What `/readyz` answers, once its status is as wanted. */
const readyz = Effect.fnUntraced(function* (home: Home, status: 200 | 503) {
  const answer = yield* call(home.socket, "/readyz").pipe(
    Effect.repeat({
      schedule: Schedule.spaced("50 millis"),
      until: (found) => found.status === status
    })
  )
  return yield* decodeReadiness(answer.body)
})

/** Of what a daemon answers now; the first of each name counts no more than the last. */
const note = (places: Record<string, string>, name: string, found: Places) => {
  for (const [place, content] of Object.entries(found)) places[`${name}: ${place}`] = content
}

const html: Fault = { kind: "html", status: 502 }
const notFound: Fault = { kind: "refuse", code: 404, description: "Not Found" }

layer(World.layer, { excludeTestServices: true, timeout: "60 seconds" })(
  "Telegram's health",
  (it) => {
    it.effect("the age of the last poll shows at /readyz, in /status and in blufio status", () =>
      Effect.gen(function* () {
        const { home, telegram } = yield* World
        const report = yield* readyz(home, 200)
        assert.deepEqual(report.problems, [])
        const [poll, ...others] = report.polls
        assert.deepEqual(others, [])
        assert.strictEqual(poll?.channel, "telegram")
        assert.isAtMost(poll?.age_seconds ?? Infinity, 5)
        const [status] = yield* ask(home, telegram, "/status")
        assert.match(status!, /^Last poll of telegram: \d seconds? ago$/m)
        const told = yield* command({ home, args: ["status"] })
        assert.match(told.stdout, /^Polled {4}telegram: \d seconds? ago$/m)
      })
    )

    it.effect("turns end in their answers, whatever happens to what they send", () =>
      Effect.gen(function* () {
        const { home, places, telegram } = yield* World
        const faults: ReadonlyArray<Fault> = [
          html,
          { kind: "truncated" },
          { kind: "reset" },
          { kind: "hang" },
          notFound,
          unauthorized
        ]
        const small = ["editMessageText", "sendChatAction", "setMessageReaction"] as const
        for (const fault of faults) telegram.fail("sendMessage", fault)
        for (const [index, method] of small.entries()) telegram.fail(method, faults[index]!)
        // At once: each fault holds up one chat only.
        for (const user of Fakes.users) telegram.userSays(user, "Hello!")
        const isAnswered = (user: number) => telegram.shownIn(user).includes("All is well.")
        yield* telegram.waitFor(() => Fakes.users.every(isAnswered))
        yield* atRest(home)
        note(places, "while sending", yield* answersOf(home))
      })
    )

    it.effect("a webhook of another program is named by its host alone, and its end noticed", () =>
      Effect.gen(function* () {
        const { daemon, home, places, telegram } = yield* World
        telegram.setWebhook(
          `https://u:p@hooks.example.org/secret-path/${telegram.token}?key=secret-key`
        )
        const named =
          /a webhook of hooks\.example\.org is set for this bot \(409\); .*deleteWebhook/
        const report = yield* readyz(home, 503)
        assert.deepEqual(
          report.problems.map(({ part }) => part),
          ["channel telegram"]
        )
        assert.match(report.problems[0]!.detail, named)
        const told = yield* command({ home, args: ["status"] })
        assert.match(told.stdout, named)
        yield* daemon.says(named)
        note(places, "with a webhook", yield* answersOf(home))
        assert.strictEqual(telegram.count("deleteWebhook"), 0, "it may be there on purpose")
        telegram.state.webhook = undefined
        yield* readyz(home, 200)
        assert.notMatch(daemon.stdout() + daemon.stderr(), /secret-path|secret-key/)
        assert.deepEqual(yield* ask(home, telegram, "Still there?"), ["All is well."])
      })
    )

    it.effect(
      "polls that stop finishing make it not ready, and one that finishes ready again",
      () =>
        Effect.gen(function* () {
          const { home, places, telegram } = yield* World
          telegram.fail("getUpdates", html)
          telegram.fail("getUpdates", { kind: "truncated" })
          telegram.fail("getUpdates", { kind: "hang" }, 2)
          const report = yield* readyz(home, 503)
          assert.match(report.problems[0]!.detail, /^the last finished poll was \d+ s ago/)
          assert.isAtLeast(report.polls[0]?.age_seconds ?? 0, 16)
          const told = yield* command({ home, args: ["status"] })
          assert.match(told.stdout, /^Polled {4}telegram: \d\d seconds ago$/m)
          note(places, "without polls", yield* answersOf(home))
          const again = yield* readyz(home, 200)
          assert.isAtMost(again.polls[0]?.age_seconds ?? Infinity, 5)
        })
    )

    it.effect("the token stands nowhere, after every fault", () =>
      Effect.gen(function* () {
        const world = yield* World
        const { daemon, home, places, telegram } = world
        telegram.fail("getUpdates", unauthorized)
        const refused = yield* readyz(home, 503)
        assert.match(refused.problems[0]!.detail, /the bot token is refused \(401\)/)
        note(places, "refused", yield* answersOf(home))
        assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
        telegram.heal("getUpdates")
        telegram.fail("getMe", notFound)
        const second = yield* serve({ home, env })
        yield* second.says(/the bot token is refused \(404\)/)
        const unknown = yield* readyz(home, 503)
        assert.match(unknown.problems[0]!.detail, /the bot token is refused \(404\)/)
        note(places, "unknown", yield* answersOf(home))
        yield* second.kill("SIGKILL")
        note(places, "first", yield* tracesOf(world))
        note(places, "second", yield* tracesOf({ ...world, daemon: second }))
        assertNowhere(places, telegram.token)
        assert.isTrue(telegram.calls.length > 0 && telegram.shownIn(person).length > 0)
      })
    )
  }
)
