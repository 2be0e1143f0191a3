// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import process from "node:process"
import { redact } from "../../../src/domain/redaction/scan.ts"
import * as NodeKeyedHash from "../../../src/layers/NodeKeyedHash.ts"
import { Redactor } from "../../../src/services/Redactor.ts"
import { lookAlikes, secrets } from "./samples.ts"

const print = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))
const parse = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Struct({ n: Schema.Int })))

const layer = Redactor.layer.pipe(Layer.provide(NodeKeyedHash.layer))

describe.each(secrets)("$kind: $text", ({ kind, secret, text }) => {
  it("is taken out, and what stands around it is not", () => {
    const before = "Look here: "
    const after = "\nand go on."
    const clean = redact(before + text + after)
    assert.isFalse(clean.includes(secret), clean)
    assert.include(clean, `[redacted:${kind}]`)
    assert.isTrue(clean.startsWith(before) && clean.endsWith(after), clean)
    assert.strictEqual(redact(clean), clean)
  })

  it.effect.each([false, true])(
    "is taken out wherever a stream cuts it, a value watched: %s",
    (isWatching) =>
      Effect.gen(function* () {
        const redactor = yield* Redactor
        if (isWatching) redactor.watch("STORED", Buffer.from("a stored value of no known form"))
        const all = `Well then: ${text} and so on, as one may say of it.`
        const expected = redactor.outbound(all)
        const said = (sizes: ReadonlyArray<number>) => {
          const pieces = redactor.outboundPieces()
          const parts: Array<string> = []
          for (let at = 0, index = 0; at < all.length; index++) {
            const size = sizes[Math.min(index, sizes.length - 1)]!
            parts.push(pieces.push(all.slice(at, at + size)))
            at += size
          }
          return parts.join("") + pieces.rest()
        }
        for (let size = 1; size <= 40; size++)
          for (let first = 1; first <= size; first++)
            assert.strictEqual(said([first, size]), expected, `pieces of ${size}, first ${first}`)
        for (let cut = 1; cut <= all.length; cut++)
          assert.strictEqual(said([cut, all.length]), expected, `cut at ${cut}`)
      }).pipe(Effect.provide(layer))
  )
})

describe("look-alikes", () => {
  it.each(lookAlikes)("%s", (text) => {
    assert.strictEqual(redact(`So: ${text} it is.`), `So: ${text} it is.`)
  })

  it("are many enough, and so are the formats", () => {
    assert.isAtLeast(lookAlikes.length, 40)
    assert.isAtLeast(new Set(secrets.map(({ kind }) => kind)).size, 40)
  })
})

const wild = Schema.Array(
  Schema.Union([
    Schema.Literals(secrets.map(({ text }) => text)),
    Schema.Literals(lookAlikes.filter(({ length }) => length < 200)),
    Schema.Literals([
      " ",
      "\n",
      "password=",
      "Authorization: Bearer ",
      '"',
      "\\",
      "-----BEGIN ",
      ":"
    ]),
    Schema.String
  ])
)

describe("any text", () => {
  it.effect.prop(
    "shows no more in pieces than in one",
    [wild, Schema.Array(Schema.Int)],
    ([parts, cuts]) =>
      Effect.gen(function* () {
        const redactor = yield* Redactor
        const text = parts.join(" ").slice(0, 4000)
        const at = cuts.map((cut) => Math.abs(cut) % (text.length + 1)).toSorted((a, b) => a - b)
        const pieces = redactor.outboundPieces()
        const said = [0, ...at].map((from, index) => pieces.push(text.slice(from, at[index])))
        const streamed = said.join("") + pieces.rest()
        // Where several names share a value the two may divide it otherwise; neither shows a secret.
        const whole = redactor.outbound(text)
        for (const { secret } of secrets)
          if (!whole.includes(secret)) assert.isFalse(streamed.includes(secret), streamed)
      }).pipe(Effect.provide(layer))
  )

  it("takes no substitute for the name of what follows it", () => {
    const { text } = secrets.find(({ text }) => redact(text) === "[redacted:figma-token]")!
    const once = redact(`${text} =3D${text}`)
    assert.strictEqual(redact(once), once)
  })

  it.effect.prop("is done with once it is done", [wild], ([parts]) =>
    Effect.sync(() => {
      const once = redact(parts.join(" "))
      assert.strictEqual(redact(once), once)
    })
  )

  it.effect("takes time that grows with its length only in pieces too", () =>
    Effect.gen(function* () {
      const redactor = yield* Redactor
      redactor.watch("STORED", Buffer.from("a stored value of no known form"))
      const cpuOf = (text: string) => {
        const start = process.cpuUsage()
        const pieces = redactor.outboundPieces()
        for (let at = 0; at < text.length; at += 8) pieces.push(text.slice(at, at + 8))
        pieces.rest()
        const { system, user } = process.cpuUsage(start)
        return (system + user) / 1000
      }
      const hard = [
        "abcdefg7",
        'password="',
        'password="x ',
        "password for ",
        "-----BEGIN PRIVATE KEY-----\n",
        "curl x -u ",
        "Cookie: a=b;",
        "://a:",
        "密码是",
        "字"
      ]
      for (const piece of hard) {
        const millis = cpuOf(piece.repeat(Math.ceil(100_000 / piece.length)))
        assert.isBelow(millis, 2500, piece)
      }
    }).pipe(Effect.provide(layer))
  )

  it("takes time that grows with its length only", () => {
    const hard = [
      "password=",
      "://a:",
      "-----BEGIN PRIVATE KEY-----",
      "eyJ",
      'token: "',
      "-u ",
      "1:",
      "Bearer ",
      "a.",
      "Private-Lines: 1\n",
      "curl ",
      "curl -u ",
      "Cookie: a=b;",
      "authorization: ",
      "password for ",
      'password="\\',
      "password: '\\\\x",
      "<password ",
      "://a:b@",
      "api key is ",
      "密码是"
    ]
    // Of the processor, the least of three: other programs run beside the tests.
    const timeOf = (run: () => void) =>
      Math.min(
        ...[1, 2, 3].map(() => {
          const start = process.cpuUsage()
          run()
          const { system, user } = process.cpuUsage(start)
          return (system + user) / 1000
        })
      )
    for (const piece of hard) {
      const half = piece.repeat(20_000)
      redact(half)
      const one = Math.max(
        1,
        timeOf(() => redact(half))
      )
      const four = timeOf(() => redact(piece.repeat(80_000)))
      assert.isBelow(four / one, 16, piece)
    }
  })
})

describe("values", () => {
  const value = "Plain words, nobody would guess: ümläut 42"

  it.effect("that were released go in every form", () =>
    Effect.gen(function* () {
      const redactor = yield* Redactor
      redactor.learn("MY_SECRET", Redacted.make(value))
      const text = `${value}|${encodeURIComponent(value)}|${Buffer.from(value).toString("base64")}`
      const clean = redactor.outbound(text)
      assert.strictEqual(clean.split("[MY_SECRET]").length, 4, clean)
      assert.deepStrictEqual(redactor.inbound(`It is ${value}!`), {
        text: "It is [MY_SECRET]!",
        kinds: ["MY_SECRET"]
      })
    }).pipe(Effect.provide(layer))
  )

  it.effect("that nobody has used go too, wherever they are cut, until they are unwatched", () =>
    Effect.gen(function* () {
      const redactor = yield* Redactor
      redactor.watch("STORED", Buffer.from(value))
      redactor.watch("SHORT", Buffer.from("1234567"))
      const all = `Before ${value} after 1234567.`
      const expected = "Before [STORED] after 1234567."
      assert.strictEqual(redactor.outbound(all), expected)
      for (let cut = 0; cut <= all.length; cut++) {
        const pieces = redactor.outboundPieces()
        const said = pieces.push(all.slice(0, cut)) + pieces.push(all.slice(cut)) + pieces.rest()
        assert.strictEqual(said, expected, `cut at ${cut}`)
      }
      redactor.unwatch("STORED")
      assert.strictEqual(redactor.outbound(all), all)
    }).pipe(Effect.provide(layer))
  )

  it.effect("go in every spelling, released or not, and without the blanks around them", () =>
    Effect.gen(function* () {
      const hard = ' "Quoted" back\\slash,\nümlaut & more? '
      const json = print(hard).slice(1, -1)
      const spellings = [
        hard,
        hard.trim(),
        json,
        print(json).slice(1, -1),
        encodeURIComponent(hard),
        new URLSearchParams({ v: hard }).toString().slice(2),
        Buffer.from(hard).toString("base64"),
        Buffer.from(hard.trim()).toString("base64"),
        Buffer.from(hard).toString("base64url")
      ]
      for (const take of ["watch", "learn"] as const) {
        const redactor = yield* Effect.provide(Redactor, Layer.fresh(layer))
        if (take === "watch") redactor.watch("HARD", Buffer.from(hard))
        else redactor.learn("HARD", Redacted.make(hard))
        for (const spelled of spellings) {
          const clean = redactor.outbound(`<${spelled}>`)
          assert.match(
            clean,
            /^<\s?\[HARD\](?:[\w/+-]=?=?)?(?:\s|\+|%20)?>$/,
            `${take}: ${spelled}`
          )
        }
      }
    })
  )

  it.effect("leave a line of JSON a line of JSON", () =>
    Effect.gen(function* () {
      const redactor = yield* Redactor
      for (const { secret, text } of secrets) {
        for (const quoted of [text, print({ inner: text })]) {
          const line = redactor.log(print({ message: quoted, n: 1 }))
          assert.strictEqual(parse(line).n, 1, line)
          assert.isFalse(line.includes(print(secret).slice(1, -1)), line)
        }
      }
    }).pipe(Effect.provide(layer))
  )
})
