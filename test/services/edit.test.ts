// SPDX-License-Identifier: MIT OR Apache-2.0
/** What an edit asks for, by what is stored of its message. */
import { assert, describe, it } from "@effect/vitest"
import {
  AttachmentPart,
  type Part,
  personText,
  TextPart,
  textOf
} from "../../src/domain/Message.ts"
import { editOf } from "../../src/services/inbox/edit.ts"
import type { StoredMessage } from "../../src/services/InboxStore.ts"

const known = (fields: Partial<StoredMessage> = {}): StoredMessage => ({
  id: 7,
  parts: [personText("Hello")],
  lane: "turn",
  state: "pending",
  files: [],
  ...fields
})
const parts: ReadonlyArray<Part> = [personText("Hello Ada")]
const note = TextPart.make({
  origin: "blufio",
  trusted: true,
  text: "[edited: replaces what I wrote before]"
})

describe("an edit", () => {
  it("rewrites what waits, and keeps that it was an edit before", () => {
    assert.deepEqual(editOf(known(), parts, "turn"), { _tag: "Rewrite", id: 7, parts })
    const edited = known({ parts: [note, personText("Hi")] })
    assert.deepEqual(editOf(edited, parts, "turn"), {
      _tag: "Rewrite",
      id: 7,
      parts: [note, ...parts]
    })
  })

  it("with the same words is nothing, whatever we noted beside them", () => {
    for (const state of ["pending", "taken", "done"] as const) {
      const same = known({ state, parts: [note, ...parts] })
      assert.deepEqual(editOf(same, parts, "turn"), { _tag: "Nothing" })
    }
  })

  it("brings along only files that are new, and is none where only those stayed", () => {
    const photo = (unique: string) =>
      AttachmentPart.make({
        origin: "person",
        trusted: true,
        kind: "photo",
        unique,
        sources: [{ ref: `file of ${unique}` }],
        mediaType: "",
        name: ""
      })
    const old: StoredMessage["parts"] = [photo("a"), personText("Hello")]
    const taken = known({ state: "taken", parts: old, files: ["a"] })
    assert.deepEqual(editOf(taken, old, "turn"), { _tag: "Nothing" })
    for (const [unique, expected] of [
      ["a", [note, ...parts]],
      ["b", [note, photo("b"), ...parts]]
    ] as const) {
      const edit = editOf(taken, [photo(unique), ...parts], "turn")
      assert.deepEqual(edit._tag === "Store" ? edit.parts : [], expected)
    }
    const once = known({ state: "done", parts: [note, ...parts], files: ["a"] })
    assert.deepEqual(editOf(once, [photo("a"), ...parts], "turn"), { _tag: "Nothing" })
    const bare = editOf(taken, [photo("a")], "turn")
    assert.match(bare._tag === "Store" ? textOf(bare.parts) : "", /no words with it any more/)
    const changed: StoredMessage["parts"] = [photo("b"), personText("Hello")]
    assert.deepEqual(editOf(known({ parts: old }), changed, "turn"), {
      _tag: "Rewrite",
      id: 7,
      parts: changed
    })
  })

  it("of what a turn has, or of what was never stored, says so and keeps its words", () => {
    for (const message of [undefined, known({ state: "taken" }), known({ lane: "control" })]) {
      const edit = editOf(message, parts, "turn")
      assert.deepEqual(edit, {
        _tag: "Store",
        lane: "turn",
        parts: [note, ...parts],
        instead: undefined
      })
      assert.include(edit._tag === "Store" ? textOf(edit.parts) : "", "Hello Ada")
    }
  })

  it("to a command takes out what waits; what was never stored carries nothing out", () => {
    const command = [personText("/new")]
    const stored = { _tag: "Store", lane: "control", parts: command } as const
    assert.deepEqual(editOf(known(), command, "control"), { ...stored, instead: 7 })
    assert.deepEqual(editOf(known({ state: "done" }), command, "control"), {
      ...stored,
      instead: undefined
    })
    assert.deepInclude(editOf(undefined, command, "control"), { lane: "turn" })
  })
})
