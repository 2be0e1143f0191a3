// SPDX-License-Identifier: MIT OR Apache-2.0
/** Files that do not come, come half, or would be written elsewhere; kills and stops meanwhile. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { text } from "../fakes/MessagesApi.ts"
import type { Block, MessagesBody } from "../fakes/messages-api/Body.ts"
import { serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { pdf, png } from "../support/pictures.ts"
import { base64, documentOf, receivedIn, savedIn, send, textsOf } from "./filesSupport.ts"
import { atRest, person, printJson } from "./support.ts"

const outside = Effect.gen(function* () {
  const all = yield* Fakes.make()
  yield* all.anthropic.setBrain(() => text("I see."))
  return { ...all, env: Fakes.oneModel() }
})

const titles = (blocks: ReadonlyArray<Block>) =>
  blocks.flatMap((block) => (block.type === "document" ? [block.title] : []))

const imagesIn = (body: unknown) =>
  (body as MessagesBody).messages
    .flatMap(({ content }) => (typeof content === "string" ? [] : content))
    .flatMap((block) => (block.type === "image" ? [block.source.data] : []))

const isPart = (name: string) => name.endsWith(".part")

describe("files that do not come as they should", () => {
  it.live("are tried again where that helps, told of where not, and hold up nothing else", () =>
    Effect.gen(function* () {
      const { env, ...rest } = yield* outside
      const { anthropic, home, telegram } = rest
      const daemon = yield* serve({ home, env })
      yield* telegram.waitFor(() => telegram.isPolled)
      const { files } = telegram
      const document = (
        file_name: string,
        bytes: Uint8Array,
        options: Parameters<typeof files.add>[1] = {}
      ) => ({ file_name, ...files.add(bytes, options) })
      const cut = document("cut.pdf", pdf("c".repeat(100_000)))
      files.fail(cut.file_id, { kind: "cut", after: 50_000 })
      const broken = document("broken.pdf", pdf("b"))
      files.fail(broken.file_id, { kind: "status", code: 502 })
      const slow = document("slow.pdf", pdf("s"))
      const gone = document("_gone_.pdf", pdf("g"))
      files.forget(gone.file_id)
      const lost = document("lost.pdf", pdf("l"))
      files.fail(lost.file_id, { kind: "status", code: 404 })
      const elsewhere = {
        kind: "redirect",
        to: `${telegram.url}/bot${telegram.token}/getMe`
      } as const
      const moved = document("moved.pdf", pdf("m"))
      files.fail(moved.file_id, elsewhere, elsewhere, elsewhere)
      const huge = document("huge.pdf", pdf("h"), { size: 21_000_000 })
      const lying = document("lying.bin", Buffer.alloc(20_000_001), { size: 1000 })
      const local = document("local.pdf", pdf("o"), { path: "/var/lib/bot/secret.pdf" })
      const odd = document("odd.pdf", pdf("d"), { path: "documents/../../passwd" })
      telegram.fail("getFile", { kind: "rate-limit", retryAfter: 1 })
      const met = telegram.count("getMe")
      const all = [slow, cut, broken, gone, lost, moved, huge, lying, local, odd]
      const { blocks, calls, replies } = yield* send(
        rest,
        ...all.map((document) => ({ document, media_group_id: "all" }))
      )
      assert.lengthOf(calls, 1)
      assert.deepEqual(titles(blocks), ["slow.pdf", "cut.pdf", "broken.pdf"])
      const [reply = ""] = replies
      assert.match(reply, /^I see\.\n\n/)
      assert.match(
        reply,
        /⚠️ _gone_\.pdf, lost\.pdf: It is not there to be fetched any more\. Send it again\./
      )
      assert.match(
        reply,
        /⚠️ moved\.pdf: It could not be fetched \(no connection\)\. Send it again\./
      )
      assert.match(reply, /⚠️ huge\.pdf, lying\.bin: It is larger than 20 MB.*Send a smaller one\./)
      assert.match(
        reply,
        /⚠️ local\.pdf: The Bot API server at telegram\.api_root.*without --local/
      )
      assert.match(reply, /⚠️ odd\.pdf: It could not be fetched \(an odd path\)/)
      assert.strictEqual(telegram.count("getMe"), met, "the redirect was not followed")
      assert.lengthOf(savedIn(home), 3)
      const directory = dirname(home.database)
      const places = [
        daemon.stdout(),
        daemon.stderr(),
        printJson((yield* anthropic.calls).map(({ body }) => body)),
        reply,
        ...readdirSync(directory, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => readFileSync(join(directory, name), "latin1"))
      ]
      for (const place of places) assert.notInclude(place, telegram.token)
    })
  )

  it.live(
    "are fetched after a kill; and what was shown stays, whatever becomes of the workspace",
    () =>
      Effect.gen(function* () {
        const { env, ...rest } = yield* outside
        const { anthropic, home, telegram } = rest
        const first = yield* serve({ home, env })
        const bytes = png(400, 300, 90_000)
        const photo = [{ ...telegram.files.add(bytes), width: 400, height: 300 }]
        telegram.files.fail(photo[0]!.file_id, { kind: "hang", after: 60_000 })
        telegram.userSends(person, { photo, caption: "Look" })
        yield* telegram.waitFor(() => telegram.files.downloads.length === 1)
        yield* Effect.suspend(() => Effect.sync(() => savedIn(home).some(isPart))).pipe(
          Effect.repeat({ until: (isThere) => isThere })
        )
        yield* first.kill("SIGKILL")
        assert.isTrue(savedIn(home).every(isPart))
        const second = yield* serve({ home, env })
        yield* telegram.waitFor(() => telegram.shownIn(person).includes("I see."))
        yield* atRest(home)
        assert.lengthOf(savedIn(home), 1)
        assert.isFalse(savedIn(home).some(isPart))
        const [call] = yield* anthropic.calls
        assert.deepEqual(imagesIn(call!.body), [base64(bytes)])
        yield* second.kill("SIGTERM")
        rmSync(receivedIn(home), { recursive: true })
        yield* serve({ home, env })
        const { calls } = yield* send(rest, { text: "What was it?" })
        const before = (call!.body as MessagesBody).messages
        const after = (calls[0]!.body as MessagesBody).messages
        assert.strictEqual(printJson(after.slice(0, before.length)), printJson(before))
      })
  )

  it.live("are given up at /stop, with nothing left of them", () =>
    Effect.gen(function* () {
      const { env, ...rest } = yield* outside
      const { home, telegram } = rest
      yield* serve({ home, env })
      const { document } = documentOf(rest, pdf("x".repeat(80_000)))
      telegram.files.fail(document.file_id, { kind: "hang", after: 60_000 })
      telegram.userSends(person, { document })
      yield* telegram.waitFor(() => telegram.files.downloads.length === 1)
      telegram.userSays(person, "/stop")
      yield* telegram.waitFor(() => telegram.shownIn(person).includes("Stopped."))
      yield* telegram.waitFor(() => telegram.files.downloads[0]?.isAbandoned)
      yield* atRest(home)
      assert.deepEqual(savedIn(home), [])
    })
  )

  it.live("are not written where a link in the workspace leads", () =>
    Effect.gen(function* () {
      const { env, ...rest } = yield* outside
      const { home } = rest
      const elsewhere = join(home.dir, "elsewhere")
      mkdirSync(elsewhere)
      mkdirSync(dirname(receivedIn(home)), { recursive: true })
      symlinkSync(elsewhere, receivedIn(home))
      yield* serve({ home, env })
      const sent = documentOf(rest, pdf("p"), { file_name: "a.pdf" })
      const { blocks, replies } = yield* send(rest, { ...sent, caption: "Read it" })
      assert.deepEqual(readdirSync(elsewhere), [])
      assert.deepEqual(titles(blocks), [])
      assert.match(textsOf(blocks)[0]!, /not shown: It could not be saved/)
      assert.match(replies.join(), /⚠️ a\.pdf: It could not be saved \(received is not a directory/)
    })
  )
})
