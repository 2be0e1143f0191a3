// SPDX-License-Identifier: MIT OR Apache-2.0
/** How soon more may follow a message, told from its frame. */
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { timingOf } from "../../src/layers/telegram/timing.ts"

const frame = { message_id: 7, date: 1000 }
const timing = (fields: object, millis = 400) =>
  timingOf({ ...frame, ...fields }, Duration.millis(millis))

describe("timing", () => {
  it("ordinary messages, albums, and texts that a client may have cut", () => {
    assert.deepEqual(timing({ text: "Hello" }), {
      messageId: "7",
      sentAt: 1_000_000,
      joinWithinMillis: 400
    })
    const within = (fields: object, millis?: number) => timing(fields, millis).joinWithinMillis
    assert.strictEqual(within({ media_group_id: "a" }), 1000)
    assert.strictEqual(within({ text: "x".repeat(3999) }), 400)
    assert.strictEqual(within({ text: "x".repeat(4000) }), 1500)
    assert.strictEqual(within({ text: "x".repeat(4000) }, 3000), 3000)
  })

  it("an edit was sent when it was edited; what has no frame tells nothing", () => {
    assert.strictEqual(timing({ edit_date: 2000 }).sentAt, 2_000_000)
    assert.isUndefined(timing({ date: "soon" }).sentAt)
    assert.strictEqual(timing({ date: "soon" }).messageId, "7")
    assert.deepEqual(timingOf(undefined, Duration.millis(1)), {})
  })
})
