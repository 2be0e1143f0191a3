// SPDX-License-Identifier: MIT OR Apache-2.0
/** A fetch that never ends is ended. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { ChannelName } from "../../src/domain/Ids.ts"
import { AttachmentPart } from "../../src/domain/Message.ts"
import type { Channel } from "../../src/services/Channel.ts"
import { fetchFile } from "../../src/services/turn/fetchFile.ts"
import { Workspace } from "../../src/services/Workspace.ts"

const attachment = AttachmentPart.make({
  origin: "person",
  trusted: true,
  kind: "document",
  unique: "u",
  sources: [{ ref: "f" }],
  mediaType: "",
  name: ""
})

describe("fetchFile", () => {
  it.effect("gives up a file that comes drop by drop, after two minutes and three tries", () =>
    Effect.gen(function* () {
      let tries = 0
      const channel: Channel = {
        name: ChannelName.make("telegram"),
        streams: true,
        editIntervalMillis: 1000,
        render: () => [],
        send: () => Effect.succeed("1"),
        edit: () => Effect.void,
        typing: () => Effect.void,
        fetch: () =>
          Stream.suspend(() => {
            tries++
            return Stream.tick("10 seconds").pipe(Stream.map(() => new Uint8Array(1)))
          })
      }
      const workspace = Workspace.of({
        receive: (bytes) => Effect.andThen(Stream.runDrain(bytes), Effect.never),
        read: () => Effect.never
      })
      const fiber = yield* Effect.forkChild(fetchFile(workspace, channel, attachment, "2026-11-26"))
      yield* TestClock.adjust("119 seconds")
      assert.strictEqual(tries, 1)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(tries, 3)
      const problem = Result.getOrElse(Result.flip(yield* Fiber.join(fiber)), () => "")
      assert.strictEqual(problem, "It could not be fetched (it took too long). Send it again.")
    })
  )
})
