// SPDX-License-Identifier: MIT OR Apache-2.0
/** A daemon with its port open, and what devices and keys do there. */
import { assert } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { callPort } from "../support/api.ts"
import { command, type Home, serve } from "../support/Blufio.ts"
import { decodeJson, makeKeyless } from "./support.ts"

interface Door {
  readonly home: Home
  readonly port: string
}

export class World extends Context.Service<World, Door>()("blufio/test/trust/door/World") {
  static readonly layer = Layer.effect(
    World,
    Effect.gen(function* () {
      const { home } = yield* makeKeyless(`[provider]\ndefault = "demo"`)
      const daemon = yield* serve({ home })
      return World.of({ home, port: yield* daemon.says(/http:\/\/[\d.]+:(\d+)/) })
    })
  )
}

export const cli = Effect.fnUntraced(function* (home: Home, ...args: ReadonlyArray<string>) {
  const done = yield* command({ home, args: [...args, "--json"] })
  assert.strictEqual(done.code, 0, done.stderr)
  return decodeJson(done.stdout)
})

export const makeKey = (home: Home, name: string, scopes: string) =>
  Effect.map(cli(home, "key", "create", name, "--scopes", scopes), ({ id, key }) => ({
    id: String(id),
    key: String(key)
  }))

export const rawKey = (key: KeyObject) =>
  key.export({ format: "der", type: "spki" }).subarray(-32).toString("base64")

export const addDevice = Effect.fnUntraced(function* (home: Home, name: string, scopes = "chat") {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  const key = rawKey(publicKey)
  const made = yield* cli(home, "device", "add", name, "--public-key", key, "--scopes", scopes)
  return { id: String(made.id), privateKey }
})

export const challengeFor = (port: string, device: string) =>
  Effect.map(callPort(port, "/v1/auth/challenge", { body: { device } }), ({ body }) =>
    String(decodeJson(body).challenge)
  )

export const tokenFor = (port: string, device: string, challenge: string, key: KeyObject) =>
  callPort(port, "/v1/auth/token", {
    body: {
      device,
      challenge,
      signature: sign(null, Buffer.from(challenge), key).toString("base64")
    }
  })

export const logIn = Effect.fnUntraced(function* (
  port: string,
  { id, privateKey }: { id: string; privateKey: KeyObject }
) {
  const answer = yield* tokenFor(port, id, yield* challengeFor(port, id), privateKey)
  assert.strictEqual(answer.status, 200, answer.body)
  const { expires_in, token } = decodeJson(answer.body)
  assert.isAtMost(Number(expires_in), 15 * 60)
  return String(token)
})

export const hi = { body: { text: "Hi" } }

/** Failures count by address, and all of this comes from one. */
export const notIn = [401, 429]
