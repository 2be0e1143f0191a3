// SPDX-License-Identifier: MIT OR Apache-2.0
/** One-time codes: shown on one side, typed on the other, and of no use to anybody else. */
import { assert, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { generateKeyPairSync } from "node:crypto"
import { Api } from "../../src/api/Api.ts"
import { Needs } from "../../src/api/access.ts"
import * as HttpApi from "effect/http-api/HttpApi"
import { callPort } from "../support/api.ts"
import { command } from "../support/Blufio.ts"
import { rowsOf } from "../serve/support.ts"
import { decodeJson } from "./support.ts"
import { cli, logIn, rawKey, World } from "./door.ts"

layer(World.layer, { excludeTestServices: true })("a one-time code", (it) => {
  it.effect("lets one device in, once", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const { privateKey, publicKey } = generateKeyPairSync("ed25519")
      const { code } = yield* cli(home, "device", "add", "phone", "--scopes", "chat,read")
      assert.match(String(code), /^[2-9A-HJKMNP-Z]{10}$/)
      const enroll = (code: string, key = rawKey(publicKey)) =>
        callPort(port, "/v1/auth/enroll", { body: { code, public_key: key } })
      assert.strictEqual((yield* enroll("AAAAAAAAAA")).status, 401)
      assert.strictEqual((yield* enroll(String(code), "c2hvcnQ=")).status, 400)
      const made = yield* enroll(` ${String(code).toLowerCase()}`)
      assert.strictEqual(made.status, 200, made.body)
      const { id, scopes } = decodeJson(made.body)
      assert.deepEqual(scopes, ["chat", "read"])
      assert.strictEqual((yield* enroll(String(code))).status, 401)
      const token = yield* logIn(port, { id: String(id), privateKey })
      assert.strictEqual((yield* callPort(port, "/v1/status", { key: token })).status, 200)
    })
  )

  it.effect("is not found by many guesses at once", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const { code } = yield* cli(home, "device", "add", "guessed", "--scopes", "chat")
      const { publicKey } = generateKeyPairSync("ed25519")
      const guesses = [...Array.from({ length: 60 }, () => "BBBBBBBBBB"), String(code)]
      const answers = yield* Effect.forEach(
        guesses,
        (guess) =>
          callPort(port, "/v1/auth/enroll", {
            body: { code: guess, public_key: rawKey(publicKey) }
          }),
        { concurrency: 61 }
      )
      // All are on their way before the first is answered; the right one is the last of them.
      assert.strictEqual(answers.at(-1)?.status, 429)
      assert.isAtMost(answers.filter(({ status }) => status !== 429).length, 10)
      assert.lengthOf(rowsOf(home, "SELECT id FROM devices WHERE name = 'guessed'"), 0)
    })
  )

  it.effect("is asked for with names and scopes that make sense", () =>
    Effect.gen(function* () {
      const { home } = yield* World
      const wrong = [
        ["key", "create", "x", "--scopes", "everything"],
        ["key", "create", "x", "--scopes", ""],
        ["key", "create", "x"],
        ["key", "create", "", "--scopes", "chat"],
        ["device", "add", "x", "--scopes", "chat", "--public-key", "nonsense"],
        ["device", "add", "x", "--scopes", "chat", "--public-key", "c2hvcnQ="]
      ]
      for (const args of wrong) {
        const { code, stderr } = yield* command({ home, args })
        assert.strictEqual(code, 2, args.join(" "))
        assert.isAbove(stderr.length, 10)
      }
      const none = yield* command({ home, args: ["device", "revoke", "nobody"] })
      assert.strictEqual(none.code, 1)
    })
  )

  it.effect("every address of the API says what it asks for", () =>
    Effect.sync(() => {
      const open: Array<string> = []
      HttpApi.reflect(Api, {
        onGroup: () => undefined,
        onEndpoint: ({ endpoint: { annotations, method, path } }) => {
          const context = annotations as Context.Context<never>
          assert.isTrue(context.mapUnsafe.has(Needs.key), `${method} ${path}`)
          if (Context.get(context, Needs) === "none") open.push(path)
        }
      })
      assert.sameMembers(open, [
        "/healthz",
        "/readyz",
        "/v1/auth/challenge",
        "/v1/auth/token",
        "/v1/auth/enroll"
      ])
    })
  )
})
