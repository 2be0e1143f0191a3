// SPDX-License-Identifier: MIT OR Apache-2.0
/** The gateway's port of a real daemon: who is let in, how far, and who is not. Negative cases first. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import { connect } from "node:net"
import { call, callPort } from "../support/api.ts"
import { command } from "../support/Blufio.ts"
import { decodeRefusal, rowsOf } from "../serve/support.ts"
import { decodeJson, filesOf } from "./support.ts"
import {
  addDevice,
  challengeFor,
  cli,
  hi,
  logIn,
  makeKey,
  notIn,
  rawKey,
  tokenFor,
  World
} from "./door.ts"

layer(World.layer, { excludeTestServices: true })("the gateway's port", (it) => {
  it.effect("lets nobody in without a proof, whatever is asked for and however it is spelled", () =>
    Effect.gen(function* () {
      const { port } = yield* World
      const paths = [
        "/v1/status",
        "/v1/sessions",
        "/v1/logs",
        "/v1/audit",
        "/v1/keys",
        "/v1/vault",
        "/v1/secrets",
        "/v1/nothing",
        "/",
        "//v1/status",
        "/v1//status",
        "/v1/status/",
        "/V1/STATUS",
        "/v1/%73tatus",
        "/v1/../v1/status",
        "/healthz/../v1/status",
        "/healthz%2f..%2fv1/status",
        "/v1/status?x=/healthz",
        "/v1/status#/healthz",
        "/v1/auth/token/../../status"
      ]
      for (const path of paths)
        for (const method of ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]) {
          const answer = yield* callPort(port, path, { method })
          assert.include(notIn, answer.status, `${method} ${path}`)
          assert.notInclude(answer.body, "problems")
        }
      const answer = yield* callPort(port, "/v1/messages", hi)
      assert.include(notIn, answer.status)
    })
  )

  it.effect("refuses keys that are none, cut, changed, or in another place", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const { key } = yield* makeKey(home, "a program", "chat")
      assert.strictEqual((yield* callPort(port, "/v1/messages", { ...hi, key })).status, 200)
      const last = key.at(-1) === "A" ? "B" : "A"
      const bad = ["x", key.slice(0, -1), `${key}A`, key.slice(0, -1) + last, key.toUpperCase()]
      for (const wrong of [...bad, "a".repeat(600)])
        assert.include(
          notIn,
          (yield* callPort(port, "/v1/messages", { ...hi, key: wrong })).status,
          wrong
        )
      const headers = [
        { authorization: key },
        { authorization: `Basic ${key}` },
        { authorization: `Bearer ${key} ${key}` },
        { "x-api-key": key },
        { cookie: `key=${key}` }
      ]
      for (const header of headers)
        assert.include(
          notIn,
          (yield* callPort(port, "/v1/messages", { ...hi, headers: header })).status,
          Object.keys(header)[0]
        )
      assert.include(notIn, (yield* callPort(port, `/v1/status?key=${key}`)).status)
    })
  )

  it.effect("slows down who fails, and still knows who does not", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const { key } = yield* makeKey(home, "an honest one", "chat")
      let answer = yield* callPort(port, "/v1/messages", { ...hi, key: "wrong" })
      for (let n = 0; n < 12; n++)
        answer = yield* callPort(port, "/v1/messages", { ...hi, key: "wrong" })
      assert.strictEqual(answer.status, 429)
      assert.isAtLeast(Number(answer.headers["retry-after"]), 1)
      const { error } = yield* decodeRefusal(answer.body)
      assert.strictEqual(error.type, "too_many_requests")
      assert.strictEqual((yield* callPort(port, "/v1/messages", { ...hi, key })).status, 200)
      // A code is short enough to be guessed: no more of them are looked at now.
      const { code } = yield* cli(home, "device", "add", "late", "--scopes", "chat")
      const { publicKey } = generateKeyPairSync("ed25519")
      const enrolled = yield* callPort(port, "/v1/auth/enroll", {
        body: { code, public_key: rawKey(publicKey) }
      })
      assert.strictEqual(enrolled.status, 429)
      const failures = rowsOf(home, "SELECT action FROM audit WHERE action = 'auth.refused'")
      assert.isBelow(failures.length, 10)
      assert.isAbove(failures.length, 0)
    })
  )

  it.effect("holds each key to its scopes", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const scopes = ["chat", "read", "admin", "metrics", "mcp"] as const
      const keys = yield* Effect.forEach(scopes, (scope) =>
        Effect.map(makeKey(home, `for ${scope}`, scope), ({ key }) => ({ scope, key }))
      )
      const asked = [
        { path: "/v1/messages", options: hi, allowed: ["chat"] },
        { path: "/v1/status", options: {}, allowed: ["read", "admin"] },
        { path: "/v1/sessions", options: {}, allowed: ["read", "admin"] },
        { path: "/v1/logs", options: {}, allowed: ["admin"] },
        { path: "/v1/audit", options: {}, allowed: ["admin"] },
        { path: "/v1/keys", options: {}, allowed: ["admin"] },
        {
          path: "/v1/keys",
          options: { body: { name: "more", scopes: ["read"] } },
          allowed: ["admin"]
        },
        { path: "/v1/devices", options: {}, allowed: ["admin"] },
        { path: "/v1/pairing", options: {}, allowed: ["admin"] }
      ]
      for (const { allowed, options, path } of asked)
        for (const { key, scope } of keys) {
          const { body, status } = yield* callPort(port, path, { ...options, key })
          if (allowed.includes(scope)) assert.strictEqual(status, 200, `${scope} ${path} ${body}`)
          else {
            assert.strictEqual(status, 403, `${scope} ${path}`)
            assert.strictEqual((yield* decodeRefusal(body)).error.type, "permission_denied")
          }
        }
      // Odd spellings of what a scope does not reach.
      const chat = keys[0]!.key
      for (const path of ["/v1/%6beys", "/V1/keys", "//v1/keys", "/v1//keys", "/v1/x/../keys"]) {
        const { status } = yield* callPort(port, path, {
          key: chat,
          body: { name: "risen", scopes: ["admin"] }
        })
        assert.include([403, 404], status, path)
      }
      assert.notInclude((yield* call(home.socket, "/v1/keys")).body, "risen")
      // The vault's rows are not on the port, for nobody.
      for (const { key } of keys)
        for (const path of ["/v1/vault", "/v1/secrets", "/v1/%76ault", "/v1/secrets/"])
          assert.include([403, 404], (yield* callPort(port, path, { key })).status)
    })
  )

  it.effect("takes a challenge once, from the device it was made for, signed by its key", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const phone = yield* addDevice(home, "phone")
      const tablet = yield* addDevice(home, "tablet")
      const stranger = generateKeyPairSync("ed25519").privateKey
      const refused = Effect.fnUntraced(function* (
        what: string,
        device: string,
        challenge: string,
        key: KeyObject
      ) {
        assert.include(notIn, (yield* tokenFor(port, device, challenge, key)).status, what)
      })
      const challenge = yield* challengeFor(port, phone.id)
      assert.match(challenge, /daemon=\S+ device=\S+ nonce=\S+ expires=\d+/)
      yield* refused("another's key", phone.id, challenge, tablet.privateKey)
      yield* refused("a stranger's key", phone.id, challenge, stranger)
      yield* refused("another device", tablet.id, challenge, tablet.privateKey)
      yield* refused("no device", "nobody", yield* challengeFor(port, "nobody"), stranger)
      for (const changed of [
        challenge.replace(/expires=\d+/, "expires=9999999999999"),
        challenge.replace(/nonce=\S/, (start) => (start === "nonce=_" ? "nonce=-" : "nonce=_")),
        challenge.replace(/daemon=\S+/, "daemon=other"),
        `${challenge} `,
        challenge.slice(0, -2),
        "",
        "x"
      ])
        yield* refused(changed, phone.id, changed, phone.privateKey)
      const won = yield* tokenFor(port, phone.id, challenge, phone.privateKey)
      assert.strictEqual(won.status, 200, "what others tried does not use it up")
      yield* refused("replayed", phone.id, challenge, phone.privateKey)
      const token = String(decodeJson(won.body).token)
      assert.strictEqual((yield* callPort(port, "/v1/messages", { ...hi, key: token })).status, 200)
      assert.strictEqual((yield* callPort(port, "/v1/status", { key: token })).status, 403)
    })
  )

  it.effect("knows a device by its name too, as long as no other has it", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const device = yield* addDevice(home, "Ada's phone")
      yield* logIn(port, { id: "Ada's phone", privateKey: device.privateKey })
      const unknown = yield* challengeFor(port, "nobody's phone")
      assert.strictEqual(
        unknown.replace(/(device|nonce|expires|mac)=\S+/g, "$1"),
        (yield* challengeFor(port, device.id)).replace(/(device|nonce|expires|mac)=\S+/g, "$1")
      )
      const token = yield* logIn(port, device)
      yield* cli(home, "device", "revoke", device.id)
      // A device that is named like a revoked one does not bring its tokens back to life.
      yield* addDevice(home, device.id, "admin")
      assert.include(notIn, (yield* callPort(port, "/v1/status", { key: token })).status)
    })
  )

  it.effect("shuts a device and a key out at once, with their live tokens", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const laptop = yield* addDevice(home, "laptop")
      const token = yield* logIn(port, laptop)
      const late = yield* challengeFor(port, laptop.id)
      assert.strictEqual((yield* callPort(port, "/v1/messages", { ...hi, key: token })).status, 200)
      yield* cli(home, "device", "revoke", "laptop")
      assert.include(notIn, (yield* callPort(port, "/v1/messages", { ...hi, key: token })).status)
      assert.include(notIn, (yield* tokenFor(port, laptop.id, late, laptop.privateKey)).status)
      const { id, key } = yield* makeKey(home, "short-lived", "chat")
      assert.strictEqual((yield* callPort(port, "/v1/messages", { ...hi, key })).status, 200)
      yield* cli(home, "key", "revoke", id)
      assert.include(notIn, (yield* callPort(port, "/v1/messages", { ...hi, key })).status)
      const again = yield* command({ home, args: ["key", "revoke", id] })
      assert.strictEqual(again.code, 1)
      const listed = yield* command({ home, args: ["device", "list"] })
      assert.match(listed.stdout, /laptop .*ago|laptop .*\d\d:\d\d.*revoked/)
      // The same key is not let in under another name.
      const { publicKey } = generateKeyPairSync("ed25519")
      const args = ["device", "add", "one", "--public-key", rawKey(publicKey), "--scopes", "chat"]
      assert.strictEqual((yield* command({ home, args })).code, 0)
      assert.strictEqual((yield* command({ home, args })).code, 1)
      yield* cli(home, "device", "revoke", "one")
      const revived = yield* command({ home, args })
      assert.strictEqual(revived.code, 1)
      assert.include(revived.stderr, "shut out")
    })
  )

  it.effect("keeps no key, no token and no code that could be used", () =>
    Effect.gen(function* () {
      const { home, port } = yield* World
      const { key } = yield* makeKey(home, "hashed", "chat,read")
      const desk = yield* addDevice(home, "desk")
      const token = yield* logIn(port, desk)
      const { code } = yield* cli(home, "device", "add", "coded", "--scopes", "chat")
      yield* callPort(port, "/v1/messages", { ...hi, key: token })
      const logs = yield* command({ home, args: ["logs"] })
      for (const [place, text] of Object.entries({ ...filesOf(home), logs: logs.stdout }))
        for (const canary of [key, token, String(code)])
          assert.isFalse(text.includes(canary), `${canary.slice(0, 12)} in ${place}`)
      const tail = yield* command({ home, args: ["audit", "tail", "-n", "200", "--json"] })
      for (const action of ["key.created", "device.added", "auth.login", "key.revoked"])
        assert.include(tail.stdout, action)
    })
  )

  it.effect("reads no body of somebody it does not know", () =>
    Effect.gen(function* () {
      const { port } = yield* World
      const head =
        "POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
        "content-length: 900000000\r\n\r\n"
      const answer = yield* Effect.callback<{ text: string; sent: number }>((resume) => {
        let text = ""
        let sent = 0
        const socket = connect(Number(port), "127.0.0.1", () => {
          socket.write(head)
          const more = () => {
            while (!socket.destroyed && sent < 900_000_000) {
              sent += 65_536
              if (!socket.write(Buffer.alloc(65_536, 32))) return
            }
          }
          socket.on("drain", more)
          more()
        })
        socket.on("data", (chunk) => (text += String(chunk)))
        socket.on("error", () => undefined)
        socket.on("close", () => resume(Effect.succeed({ text, sent })))
      })
      assert.match(answer.text, /^HTTP\/1\.1 (401|429)/)
      assert.isBelow(answer.sent, 100_000_000)
    })
  )
})
