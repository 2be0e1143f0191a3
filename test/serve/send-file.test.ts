// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files that a tool made go out as what they are, in their place, and never what must stay. */
import { assert, describe, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { linkSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { MessagesBody } from "../fakes/messages-api/Body.ts"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { say } from "../support/api.ts"
import { scoped, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { gif, jpeg, png } from "../support/pictures.ts"
import { ask, atRest, person, printJson, rowsOf } from "./support.ts"

type Outside = Effect.Success<ReturnType<typeof Fakes.make>>

const killAfter = new URL("../support/killAfter.mjs", import.meta.url).pathname

const send = (path: string, caption?: string) =>
  toolCall("use_tool", {
    name: "send_file",
    params: { path, ...(caption !== undefined && { caption }) }
  })

class World extends Context.Service<World, Outside & { readonly workspace: string }>()(
  "blufio/test/serve/send-file.test/World"
) {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const outside = yield* Fakes.make()
      const workspace = join(dirname(outside.home.database), "workspace")
      mkdirSync(join(workspace, "charts"), { recursive: true })
      yield* serve({ home: outside.home })
      return World.of({ ...outside, workspace })
    })
  )
}

/** What the model was told last. */
const toldLast = Effect.gen(function* () {
  const { anthropic } = yield* World
  return Fakes.asked((yield* anthropic.calls).at(-1)!.body as MessagesBody).results.join()
})

/** The model sends one file; answers with what the chat shows because of it, and what the model was told. */
const sendOne = Effect.fnUntraced(function* (path: string, caption?: string) {
  const { anthropic, home, telegram } = yield* World
  yield* anthropic.enqueue(send(path, caption), text("There you are."))
  const before = telegram.sent.length
  yield* ask(home, telegram, `Send ${path.slice(0, 20)}`)
  const sent = telegram.sent.slice(before).filter((one) => one.chatId === String(person))
  const told = yield* toldLast
  return { sent, told, files: sent.flatMap(({ file, text }) => (file ? [{ ...file, text }] : [])) }
})

layer(World.layer, { excludeTestServices: true })("send_file", (it) => {
  it.effect.each([
    ["charts/rain in May.png", png(640, 480), "sendPhoto"],
    ["mum; and dad.jpg", jpeg(640, 480), "sendPhoto"],
    ["wave.gif", gif(64, 48), "sendAnimation"],
    ["tall.png", png(100, 2001), "sendDocument"],
    ['Übersicht "2026".csv', Buffer.from("a;b\r\n1;2\r\n--x\r\n"), "sendDocument"]
  ] as const)("%s", ([path, bytes, method]) =>
    Effect.gen(function* () {
      const { workspace } = yield* World
      writeFileSync(join(workspace, path), bytes)
      const { files, sent, told } = yield* sendOne(path, "What you asked for")
      assert.lengthOf(files, 1)
      assert.strictEqual(files[0]!.method, method)
      assert.strictEqual(files[0]!.name, path.replace(/^.*\//, "").replaceAll('"', "_"))
      assert.isTrue(files[0]!.bytes.equals(bytes))
      assert.strictEqual(files[0]!.text, "What you asked for")
      assert.match(told, /on its way/)
      assert.strictEqual(sent.filter((one) => one.text === "There you are.").length, 1)
    })
  )

  it.effect("files come in the order in which they were sent, before what is said after", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram, workspace } = yield* World
      for (const name of ["one.txt", "two.txt"]) writeFileSync(join(workspace, name), name)
      yield* anthropic.enqueue(send("one.txt"), send("two.txt"), text("Both."))
      const before = telegram.seenIn(person).length
      yield* ask(home, telegram, "Both, please")
      yield* ask(home, telegram, "Thanks")
      const seen = telegram.seenIn(person).slice(before)
      const files = seen.filter((one) => one.startsWith("send"))
      assert.deepEqual(files, ["sendDocument one.txt", "sendDocument two.txt"])
      assert.isBelow(seen.lastIndexOf(files[1]!), seen.length - 1)
    })
  )

  it.effect("a picture that Telegram does not take as one goes as a document", () =>
    Effect.gen(function* () {
      const { telegram, workspace } = yield* World
      writeFileSync(join(workspace, "odd.png"), png(640, 480))
      telegram.fail("sendPhoto", {
        kind: "refuse",
        code: 400,
        description: "Bad Request: IMAGE_PROCESS_FAILED"
      })
      const { files } = yield* sendOne("odd.png")
      assert.deepEqual(
        files.map(({ method }) => method),
        ["sendDocument"]
      )
    })
  )

  it.effect.each([
    ["an absolute path", "/etc/hostname", /within the workspace/],
    ["a way up", "charts/../../blufio.db", /within the workspace/],
    ["a link that leads out", "out", /lies outside/],
    ["a hard link", "hard.db", /has another name elsewhere/],
    ["a directory that leads out", "door/blufio.db", /lies outside/],
    ["a directory", "charts", /is not a file/],
    ["the workspace itself", ".", /lies outside/],
    ["nothing there", "nothing.txt", /There is no file nothing.txt/],
    ["an empty file", "empty.txt", /is empty/],
    ["more than 50 MB", "large.bin", /larger than 50 MB/]
  ] as const)("%s is refused", ([, path, why]) =>
    Effect.gen(function* () {
      const { home, workspace } = yield* World
      writeFileSync(join(workspace, "empty.txt"), "")
      writeFileSync(join(workspace, "large.bin"), "x")
      truncateSync(join(workspace, "large.bin"), 50_000_001)
      for (const [name, to] of [
        ["out", home.database],
        ["door", dirname(home.database)]
      ] as const) {
        rmSync(join(workspace, name), { force: true })
        symlinkSync(to, join(workspace, name))
      }
      linkSync(home.database, join(workspace, "hard.db"))
      const { files, told } = yield* sendOne(path)
      rmSync(join(workspace, "hard.db"))
      assert.match(told, why)
      assert.lengthOf(files, 0)
    })
  )

  it.effect("a file that holds a secret stays, wherever in it that stands", () =>
    Effect.gen(function* () {
      const { anthropic, workspace } = yield* World
      for (const before of [0, 200, 65_530, 200_000]) {
        const filler = "nothing to see here\n".repeat(before / 20)
        writeFileSync(join(workspace, "notes.txt"), `${filler}x = ${anthropic.key}\n${filler}`)
        const { files, told } = yield* sendOne("notes.txt")
        assert.match(told, /holds a secret/)
        assert.notInclude(told, anthropic.key)
        assert.lengthOf(files, 0)
      }
    })
  )

  it.effect.each([
    ["beside a byte that is no UTF-8", (key: string) => Buffer.from(`caf\xe9\n${key}\n`, "latin1")],
    ["between zeros", (key: string) => Buffer.from(`\x01\0\0${key}\0\0`)],
    ["in UTF-16", (key: string) => Buffer.from(`x = ${key}\r\n`, "utf16le")],
    ["in UTF-16, marked", (key: string) => Buffer.from(`\ufeffx = ${key}\r\n`, "utf16le")],
    [
      "in UTF-16, the other way round",
      (key: string) => Buffer.from(`\ufeffé ${key}`, "utf16le").swap16()
    ],
    ["after a picture", (key: string) => Buffer.concat([png(64, 48), Buffer.from(key)])]
  ] as const)("a secret is found %s", ([, bytesWith]) =>
    Effect.gen(function* () {
      const { anthropic, workspace } = yield* World
      writeFileSync(join(workspace, "notes.dat"), bytesWith(anthropic.key))
      const { files, told } = yield* sendOne("notes.dat")
      assert.match(told, /notes.dat holds a secret/)
      assert.notInclude(told, anthropic.key)
      assert.lengthOf(files, 0)
    })
  )

  it.effect("one that changed or vanished before it went is told of in its place", () =>
    Effect.gen(function* () {
      const { telegram, workspace } = yield* World
      for (const [name, change, why] of [
        ["changed.txt", (path: string) => writeFileSync(path, "other"), "has changed since"],
        ["*gone*.txt", (path: string) => rmSync(path), "There is no file *gone*.txt"]
      ] as const) {
        const path = join(workspace, name)
        writeFileSync(path, "as it was")
        // Telegram's pause gives the time to change it.
        telegram.fail("sendDocument", { kind: "rate-limit", retryAfter: 1 })
        const before = telegram.count("sendDocument")
        yield* Effect.forkChild(
          Effect.tap(telegram.waitForCall("sendDocument", before + 1), () =>
            Effect.sync(() => change(path))
          )
        )
        const { files, sent } = yield* sendOne(name, "A __caption__")
        assert.lengthOf(files, 0)
        const told = sent.map((one) => one.text).filter((one) => one.startsWith("📎"))
        assert.lengthOf(told, 1, printJson(sent.map((one) => one.text)))
        assert.include(told[0]!, `${name} could not be sent.`)
        assert.include(told[0]!, why)
        assert.include(told[0]!, "A __caption__")
      }
    })
  )

  it.effect("where files cannot be sent the model is told where it is", () =>
    Effect.gen(function* () {
      const { anthropic, home, workspace } = yield* World
      writeFileSync(join(workspace, "here.txt"), "words")
      yield* anthropic.enqueue(send("here.txt"), text("There you are."))
      assert.strictEqual((yield* say(home.socket, "Send it")).text, "There you are.")
      assert.include(yield* toldLast, `Tell the person where it is: ${join(workspace, "here.txt")}`)
    })
  )
})

describe("send_file and kill -9", () => {
  it.live("a file that was queued as the process died goes out once", () =>
    Effect.gen(function* () {
      const { anthropic, home, telegram } = yield* Fakes.make()
      yield* anthropic.setBrain((body) =>
        Fakes.asked(body).step === 0 ? send("once.txt") : text("Done.")
      )
      const workspace = join(dirname(home.database), "workspace")
      mkdirSync(workspace, { recursive: true })
      writeFileSync(join(workspace, "once.txt"), "once")
      const killed = yield* scoped({
        home,
        args: ["serve"],
        node: ["--import", killAfter],
        env: { KILL_AFTER: '"Stored"' }
      })
      telegram.userSays(person, "Send it")
      assert.isNull(yield* killed.exited)
      assert.deepEqual(rowsOf(home, `SELECT state FROM steps WHERE name = 'send_file'`), [
        { state: "started" }
      ])
      assert.strictEqual(telegram.count("sendDocument"), 0)
      yield* serve({ home })
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Done."))
      yield* atRest(home)
      const files = telegram.seenIn(person).filter((one) => one.startsWith("send"))
      assert.deepEqual(files, ["sendDocument once.txt"])
    })
  )
})
