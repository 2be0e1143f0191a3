// SPDX-License-Identifier: MIT OR Apache-2.0
/** The buttons below a question: one press answers it, everyone sees how, and no crash loses it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { DatabaseSync } from "node:sqlite"
import type { BotApi, SentMessage } from "../fakes/BotApi.ts"
import { type MessagesApi, text, toolCall } from "../fakes/MessagesApi.ts"
import { type Home, run, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { atRest, rowsOf } from "./support.ts"

const killAtCommit = new URL("../support/killAtCommit.mjs", import.meta.url).pathname
const [ada, bob, eve] = Fakes.users as [number, number, number]
const stranger = 900
const group = -100_500

const waiting = (anthropic: MessagesApi) =>
  anthropic.setBrain((body) => {
    const { results, step } = Fakes.asked(body)
    return step === 0
      ? toolCall("wait", { seconds: step === 0 && results.length === 0 ? 1 : 60 })
      : text(`The tool said: ${results.join(" ").replaceAll('"', "")}`)
  })

const questionIn = (telegram: BotApi, chat: number) =>
  telegram.waitFor(() =>
    telegram.sent.find((message) => message.chatId === String(chat) && message.buttons.length > 0)
  )

const shows = (telegram: BotApi, message: SentMessage, pattern: RegExp) =>
  telegram.waitFor(() => pattern.test(message.text) && message.buttons.length === 0)

/** What the button at a place of a question holds. */
const dataOf = (message: SentMessage, place: number): string =>
  message.versions.findLast(({ keyboard }) => keyboard.length > 0)!.keyboard[place]![0]!
    .callback_data

const told = (telegram: BotApi, press: { readonly toast: string | undefined }) =>
  telegram
    .waitFor(() => (press.toast === undefined ? undefined : [press.toast]))
    .pipe(Effect.map(([toast]) => toast))

/** Kills the process while tools run for all of `chats`; answers with what runs after it. */
const interrupted = Effect.fnUntraced(function* (
  home: Home,
  telegram: BotApi,
  chats: ReadonlyArray<number>
) {
  const first = yield* serve({ home })
  for (const chat of chats)
    if (chat < 0) telegram.groupSays(chat, ada, "@blufio_bot Please wait for me")
    else telegram.userSays(chat, "Please wait for me")
  yield* telegram.waitFor(() =>
    chats.every((chat) => telegram.shownIn(chat).some((shown) => shown.includes("wait …")))
  )
  yield* first.kill("SIGKILL")
  const second = yield* serve({ home })
  for (const chat of chats) yield* questionIn(telegram, chat)
  return second
})

const toolSteps = (home: Home) =>
  rowsOf(home, "SELECT state, outcome FROM steps WHERE kind = 'tool' ORDER BY id")

const approvals = (home: Home) =>
  rowsOf(home, "SELECT action FROM audit WHERE action LIKE 'approval.%'")

describe("the buttons below a question", () => {
  it.live("the first press counts, once; all see it, who cannot press is told alone", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* waiting(anthropic)
      telegram.userSays(bob, "/whoami")
      const daemon = yield* interrupted(home, telegram, [group])
      const question = yield* questionIn(telegram, group)
      assert.deepEqual(question.buttons, ["✅ Run again", "❌ Go on without it", "⏹ Stop"])
      const approve = dataOf(question, 0)
      const before = question.versions.length

      const unheard: ReadonlyArray<readonly [string, { readonly toast: string | undefined }]> = [
        ["I do not know you", telegram.userPresses(stranger, question, approve)],
        [
          "I do not know this button",
          telegram.userPresses(ada, question, "q:0123456789abcdef:1:approve")
        ],
        ["I do not know this button", telegram.userPresses(ada, question, "approve")],
        [
          "I do not know this button",
          telegram.userPresses(
            bob,
            telegram.sent.find(({ chatId }) => chatId === String(bob))!,
            approve
          )
        ],
        [
          "I do not know this button",
          telegram.userPresses(ada, question, "", { data: undefined, game_short_name: "chess" })
        ],
        [
          "I do not know this button",
          telegram.userPresses(ada, question, approve, {
            message: undefined,
            inline_message_id: "AAAA"
          })
        ],
        [
          "I do not know this button",
          telegram.userPresses(ada, question, approve, { from: "nobody" })
        ]
      ]
      for (const [expected, press] of unheard)
        assert.include(yield* told(telegram, press), expected)
      assert.lengthOf(question.versions, before, "nothing was done")
      assert.deepEqual(approvals(home), [])

      // The message may be too old for Telegram to show it.
      const inaccessible = {
        message: {
          chat: { id: group, type: "supergroup" },
          message_id: question.messageId,
          date: 0
        }
      }
      telegram.fail("editMessageText", { kind: "rate-limit", retryAfter: 1 })
      const presses = [
        telegram.userPresses(ada, question, approve, inaccessible),
        telegram.userPresses(ada, question, approve),
        telegram.userPresses(bob, question, dataOf(question, 1))
      ]
      const toasts = yield* Effect.forEach(presses, (press) => told(telegram, press))
      assert.deepEqual(toasts, ["", "Already answered.", "Already answered."])
      yield* shows(telegram, question, /\n\n✅ Run again: User 11, \d\d:\d\d$/)
      yield* telegram.waitFor(() =>
        telegram.shownIn(group).some((shown) => /The tool said: .*Waited 1 s\./.test(shown))
      )
      yield* atRest(home)
      const late = telegram.userPresses(bob, question, dataOf(question, 1))
      assert.strictEqual(yield* told(telegram, late), "Already answered.")
      assert.match(question.text, /✅ Run again: User 11/)
      assert.deepEqual(approvals(home), [{ action: "approval.granted" }])
      assert.deepEqual(toolSteps(home), [
        { state: "lost", outcome: "" },
        { state: "finished", outcome: "ok" }
      ])
      assert.strictEqual(telegram.state.editsInVain, 0)
      assert.strictEqual(yield* daemon.kill("SIGTERM"), 0)
    })
  )

  it.live.each(["the old chat", "the new one"])(
    "are pressed in %s after the group became a supergroup",
    (place) =>
      Effect.gen(function* () {
        const [old, supergroup] = [-5, -1_000_000_000_005]
        const { anthropic, home, telegram } = yield* Fakes.make()
        yield* waiting(anthropic)
        yield* interrupted(home, telegram, [old])
        const question = yield* questionIn(telegram, old)
        telegram.migrate(old, supergroup, ada)
        yield* telegram.waitFor(() => telegram.unconfirmed === 0)
        const chat = { id: place === "the new one" ? supergroup : old, type: "supergroup" }
        const message = { chat, message_id: question.messageId, date: 0 }
        telegram.userPresses(ada, question, dataOf(question, 0), { message })
        yield* telegram.waitFor(() =>
          telegram.shownIn(supergroup).some((shown) => /\n\n✅ Run again: User 11/.test(shown))
        )
        yield* telegram.waitFor(() =>
          telegram.shownIn(supergroup).some((shown) => /The tool said: .*Waited 1 s\./.test(shown))
        )
        yield* atRest(home)
        assert.lengthOf(rowsOf(home, "SELECT id FROM sessions WHERE channel = 'telegram'"), 1)
      })
  )

  it.live("an answer in words, and an end by words or by a press, show in the message too", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* waiting(anthropic)
      yield* interrupted(home, telegram, [ada, bob, eve, group])
      const [denied, stopped, pressed] = yield* Effect.forEach([ada, bob, eve], (chat) =>
        questionIn(telegram, chat)
      )
      const left = yield* questionIn(telegram, group)
      telegram.groupSays(group, ada, "/new@blufio_bot")
      telegram.userSays(ada, "/deny")
      telegram.userSays(bob, "Stop!")
      const press = telegram.userPresses(eve, pressed!, dataOf(pressed!, 2))
      yield* shows(telegram, denied!, /\n\n❌ Not run again: User 11, \d\d:\d\d$/)
      yield* shows(telegram, stopped!, /\n\n⏹ Stopped: User 12, \d\d:\d\d$/)
      yield* shows(telegram, pressed!, /\n\n⏹ Stopped: User 13, \d\d:\d\d$/)
      yield* shows(telegram, left, /\n\n⏹ Stopped: \d\d:\d\d$/)
      assert.strictEqual(yield* told(telegram, press), "")
      yield* atRest(home)
      const outcomes = [
        [ada, denied!, "Already answered."],
        [bob, stopped!, "This was stopped."],
        [eve, pressed!, "This was stopped."]
      ] as const
      for (const [who, question, toast] of outcomes) {
        const again = telegram.userPresses(who, question, dataOf(question, 0))
        assert.strictEqual(yield* told(telegram, again), toast)
      }
      assert.include(telegram.shownIn(ada).join("\n"), "Going on without it.")
      assert.match(telegram.shownIn(eve).at(-1)!, /^Stopped\. This had already happened/)
      assert.deepEqual(approvals(home), [{ action: "approval.denied" }])
    })
  )

  it.live("a question that expired while nothing ran shows it, and takes no press", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* waiting(anthropic)
      const second = yield* interrupted(home, telegram, [ada])
      const question = yield* questionIn(telegram, ada)
      assert.strictEqual(yield* second.kill("SIGTERM"), 0)
      const db = new DatabaseSync(home.database)
      db.exec("UPDATE turns SET expires_at = 1 WHERE expires_at IS NOT NULL")
      db.close()
      const press = telegram.userPresses(ada, question, dataOf(question, 0))
      yield* serve({ home })
      yield* shows(telegram, question, /\n\n⌛ Not run again, as nobody answered: \d\d:\d\d$/)
      assert.strictEqual(yield* told(telegram, press), "This question has expired.")
      yield* telegram.waitFor(() =>
        telegram.shownIn(ada).some((shown) => /The tool said: .*Not known whether/.test(shown))
      )
      assert.deepEqual(toolSteps(home), [{ state: "lost", outcome: "not run again" }])
    })
  )

  it.live.each([1, 2, 5])(
    "a press is carried out once, killed at commit %d from its storing on",
    (commit) =>
      Effect.gen(function* () {
        const { anthropic, home, telegram } = yield* Fakes.make()
        yield* waiting(anthropic)
        const second = yield* interrupted(home, telegram, [ada])
        const question = yield* questionIn(telegram, ada)
        assert.strictEqual(yield* second.kill("SIGTERM"), 0)
        telegram.userPresses(ada, question, dataOf(question, 1))
        const env = { KILL_AT_COMMIT: String(commit), KILL_FROM: "INSERT INTO inbox" }
        const third = run({ home, args: ["serve"], env, node: ["--import", killAtCommit] })
        const isOver = () =>
          telegram.shownIn(ada).some((shown) => shown.startsWith("The tool said"))
        yield* Effect.raceFirst(
          third.exited,
          Effect.andThen(telegram.waitFor(isOver), third.kill("SIGTERM"))
        )
        yield* serve({ home })
        yield* shows(telegram, question, /\n\n❌ Not run again: User 11, \d\d:\d\d$/)
        yield* telegram.waitFor(isOver)
        yield* atRest(home)
        assert.deepEqual(approvals(home), [{ action: "approval.denied" }])
        const shown = telegram.shownIn(ada).filter((one) => !one.startsWith("🔧"))
        assert.lengthOf(shown, 2, shown.join("\n---\n"))
        assert.strictEqual(question.text.split("❌ Not run again").length, 2, "shown once")
      })
  )
})
