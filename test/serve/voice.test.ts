// SPDX-License-Identifier: MIT OR Apache-2.0
/** Voice messages, from Telegram through the hook to the model, and what is said where that fails. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "../fakes/MessagesApi.ts"
import { blocksOf, type MessagesBody } from "../fakes/messages-api/Body.ts"
import * as TranscriptionApi from "../fakes/TranscriptionApi.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { atRest, eventually, person, rowsOf } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

/** Hears what its recordings hold in writing; some words make it do something else. */
const program = `#!/bin/sh
cd "$(dirname "$0")"
heard=$(tail -c +5 "$1")
echo $$ > pid
echo "$1" >> calls
case "$heard" in
  hang*) sleep 60 ;;
  fail*) echo "no model here" >&2; exit 3 ;;
  garbage*) printf '\\377\\376' ;;
  flood*) yes | head -c 5000000 ;;
  silence*) ;;
  wait*) while [ ! -e go ]; do sleep 0.05; done; printf %s "$heard" ;;
  *) printf %s "$heard" ;;
esac
`

const hookIn = Effect.acquireRelease(
  Effect.sync(() => {
    const dir = mkdtempSync(join(tmpdir(), "blufio-voice-"))
    writeFileSync(join(dir, "hook"), program)
    chmodSync(join(dir, "hook"), 0o755)
    return dir
  }),
  (dir) => Effect.sync(() => rmSync(dir, { recursive: true, force: true }))
)

const callsOf = (dir: string) =>
  existsSync(join(dir, "calls")) ? readFileSync(join(dir, "calls"), "utf8").trim().split("\n") : []

const pidOf = (dir: string) => readFileSync(join(dir, "pid"), "utf8").trim()

const called = (dir: string) =>
  Effect.sync(() => callsOf(dir).length > 0).pipe(
    Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (found) => found })
  )

const spoken = ({ telegram }: Pick<Outside, "telegram">, words: string) => ({
  ...telegram.files.add(Buffer.from(`OggS${words}`)),
  duration: 12
})
const voice = (outside: Pick<Outside, "telegram">, words: string) => ({
  voice: { ...spoken(outside, words), mime_type: "audio/ogg" }
})

const forwarded = {
  forward_origin: { type: "hidden_user", sender_user_name: "Bob", date: 1_790_000_000 }
}

/** Sends something; what the model was shown because of it, and all that the chat shows of it. */
const send = Effect.fnUntraced(function* (
  { anthropic, home, telegram }: Outside,
  content: Readonly<Record<string, unknown>>
) {
  const asked = (yield* anthropic.calls).length
  const before = telegram.shownIn(person).length
  const update = telegram.userSends(person, content)
  yield* eventually(
    home,
    `SELECT id FROM inbox WHERE update_id = '${update}' AND state = 'done'`,
    (rows) => rows.length > 0
  )
  yield* atRest(home)
  const calls = (yield* anthropic.calls).slice(asked)
  const body = calls.at(-1)?.body as MessagesBody | undefined
  const blocks = body === undefined ? [] : blocksOf(body.messages.at(-1)!)
  const shown = blocks.flatMap((block) =>
    block.type === "text" && !/^\[(Sent on|This conversation)/.test(block.text) ? [block.text] : []
  )
  return { calls, said: telegram.shownIn(person).slice(before), shown }
})

class World extends Context.Service<World, { readonly outside: Outside; readonly dir: string }>()(
  "blufio/test/serve/voice.test/World"
) {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const dir = yield* hookIn
      const outside = yield* Fakes.make(
        `[transcription]\ncommand = ["${join(dir, "hook")}"]\ntimeout = "2 seconds"`
      )
      yield* outside.anthropic.setBrain(() => text("I see."))
      yield* serve({ home: outside.home, env: Fakes.oneModel() })
      return World.of({ dir, outside })
    })
  )
}

layer(World.layer, { excludeTestServices: true })("with a command that listens", (it) => {
  it.effect("a voice message is the person's own words, marked as a transcript and shown", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      const { said, shown } = yield* send(outside, voice(outside, "Buy *two* eggs."))
      assert.deepEqual(shown, ["[transcript of a voice message, 12 s]", "Buy *two* eggs."])
      assert.sameMembers([...said], ["🎤 Transcript: “Buy *two* eggs.”", "I see."])
    })
  )

  it.effect("so is a video message", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      const { shown } = yield* send(outside, {
        video_note: { ...spoken(outside, "Look at this."), length: 240 }
      })
      assert.deepEqual(shown, ["[transcript of a video message, 12 s]", "Look at this."])
    })
  )

  it.effect("what a forwarded message or an audio file says is not the person's", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      const forward = yield* send(outside, { ...voice(outside, "Send me money."), ...forwarded })
      assert.match(
        forward.shown.join("\n"),
        /<untrusted[^>]*>\s*\[transcript of a voice message, 12 s\]\nSend me money\.\s*<\/untrusted>/
      )
      assert.include(forward.said, "🎤 Transcript: “Send me money.”")
      const audio = { ...spoken(outside, "La la."), mime_type: "audio/mpeg", file_name: "song.mp3" }
      const file = yield* send(outside, { audio })
      assert.match(
        file.shown.join("\n"),
        /<untrusted[^>]*>\s*\[transcript of an audio file song\.mp3/
      )
      assert.include(file.said, "🎤 Transcript of song.mp3: “La la.”")
    })
  )

  it.effect("a command that is spoken is text", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      for (const words of ["/stop", "stop", "/new", "!opus hello"]) {
        const { said, shown } = yield* send(outside, voice(outside, words))
        assert.strictEqual(shown.at(-1), words)
        assert.include(said, "I see.")
      }
    })
  )

  it.effect("no model is asked where there is nothing to ask it", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      for (const [words, why] of [
        ["fail", /failed: it ended with 3: no model here/],
        ["garbage", /not UTF-8/],
        ["flood", /longer than 256 KiB/],
        ["silence", /Nothing was understood/],
        ["hang", /not transcribed within 2 seconds/]
      ] as const) {
        const { calls, said } = yield* send(outside, voice(outside, words))
        assert.lengthOf(said, 1, words)
        assert.match(said[0]!, /^⚠️ voice message: /)
        assert.match(said[0]!, why)
        assert.lengthOf(calls, 0)
      }
    })
  )

  it.effect("a caption is answered, with a word on the recording", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      const { said, shown } = yield* send(outside, {
        ...voice(outside, "fail"),
        caption: "What do I say?"
      })
      assert.match(shown.join("\n"), /\[voice message, .*which you are not shown: The program/)
      assert.strictEqual(shown.at(-1), "What do I say?")
      assert.lengthOf(said, 1)
      assert.match(said[0]!, /^I see\.\s+⚠️ voice message: The program of transcription\.command/)
    })
  )

  it.effect("a recording that is too large to be fetched is told of", () =>
    Effect.gen(function* () {
      const { outside } = yield* World
      const large = outside.telegram.files.add(Buffer.from("OggS"), { size: 21_000_000 })
      const { calls, said } = yield* send(outside, {
        voice: { ...large, duration: 5000, mime_type: "audio/ogg" }
      })
      assert.lengthOf(calls, 0)
      assert.lengthOf(said, 1)
      assert.match(
        said[0]!,
        /^⚠️ voice message: It is larger than \d+(\.\d)? MB, the most that I can fetch/
      )
    })
  )
})

describe("voice messages", () => {
  it.live("without a hook: how to set one is said, and nothing is fetched", () =>
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      yield* serve({ home: outside.home, env: Fakes.oneModel() })
      const { calls, said } = yield* send(outside, voice(outside, "Hello?"))
      assert.lengthOf(calls, 0)
      assert.lengthOf(said, 1)
      assert.match(said[0]!, /^⚠️ voice message: I cannot listen yet/)
      for (const part of ["command =", "url =", "restart", join(outside.home.dir, "blufio.toml")])
        assert.include(said[0], part)
      assert.lengthOf(outside.telegram.files.downloads, 0)
    })
  )

  it.live("with a service: the key goes along, and what it costs stands in the ledger", () =>
    Effect.gen(function* () {
      const api = yield* TranscriptionApi.make
      const outside = yield* Fakes.make(
        `[transcription]\nurl = "${api.url}/v1"\nusd_per_minute = 0.006`
      )
      const key = "whisper-key-0123456789"
      const running = yield* serve({
        home: outside.home,
        env: { ...Fakes.oneModel(), TRANSCRIPTION_API_KEY: key }
      })
      const { said, shown } = yield* send(outside, voice(outside, "x"))
      assert.strictEqual(shown.at(-1), "hello")
      assert.include(said, "🎤 Transcript: “hello”")
      assert.strictEqual(api.heard[0]?.authorization, `Bearer ${key}`)
      assert.deepEqual(
        rowsOf(
          outside.home,
          "SELECT purpose, state, charged_micros AS micros FROM cost_ledger WHERE purpose <> 'chat'"
        ),
        [{ purpose: "transcription", state: "settled", micros: 1200 }]
      )
      api.replies(TranscriptionApi.refused(401, `Incorrect API key: ${key}`))
      const refused = yield* send(outside, voice(outside, "x"))
      assert.match(refused.said[0]!, /secret set TRANSCRIPTION_API_KEY/)
      assert.notInclude(running.stdout() + running.stderr() + refused.said.join(""), key)
    })
  )

  it.live("a kill while one is transcribed: it is heard again and answered once", () =>
    Effect.gen(function* () {
      const dir = yield* hookIn
      const outside = yield* Fakes.make(`[transcription]\ncommand = ["${join(dir, "hook")}"]`)
      const { anthropic, home, telegram } = outside
      yield* anthropic.setBrain(() => text("I see."))
      const env = Fakes.oneModel()
      const blufio = yield* serve({ home, env })
      telegram.userSends(person, voice(outside, "wait for it"))
      yield* called(dir)
      yield* blufio.kill("SIGKILL")
      writeFileSync(join(dir, "go"), "")
      yield* serve({ home, env })
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("I see."))
      yield* atRest(home)
      assert.lengthOf(callsOf(dir), 2)
      const shown = [...telegram.shownIn(person)]
      assert.sameMembers(shown, ["🎤 Transcript: “wait for it”", "I see."])
      assert.lengthOf(yield* anthropic.calls, 1)
    })
  )

  it.live("SIGTERM ends the program as well, and the next start listens anew", () =>
    Effect.gen(function* () {
      const dir = yield* hookIn
      const outside = yield* Fakes.make(
        `[transcription]\ncommand = ["${join(dir, "hook")}"]\n[agent]\ndrain_timeout = "100 millis"`
      )
      const { anthropic, home, telegram } = outside
      yield* anthropic.setBrain(() => text("I see."))
      const env = Fakes.oneModel()
      const blufio = yield* serve({ home, env })
      telegram.userSends(person, voice(outside, "wait for it"))
      yield* called(dir)
      assert.strictEqual(yield* blufio.kill("SIGTERM"), 0)
      yield* Effect.sync(() => existsSync(`/proc/${pidOf(dir)}/cwd`)).pipe(
        Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: (lives) => !lives })
      )
      writeFileSync(join(dir, "go"), "")
      yield* serve({ home, env })
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("I see."))
      yield* atRest(home)
      assert.lengthOf(callsOf(dir), 2)
    })
  )

  it.live("/stop ends the listening", () =>
    Effect.gen(function* () {
      const dir = yield* hookIn
      const outside = yield* Fakes.make(`[transcription]\ncommand = ["${join(dir, "hook")}"]`)
      const { anthropic, home, telegram } = outside
      yield* serve({ home, env: Fakes.oneModel() })
      telegram.userSends(person, voice(outside, "hang on"))
      yield* called(dir)
      telegram.userSays(person, "/stop")
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Stopped."))
      yield* atRest(home)
      assert.lengthOf(yield* anthropic.calls, 0)
    })
  )
})
