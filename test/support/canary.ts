// SPDX-License-Identifier: MIT OR Apache-2.0
/** Looks for a secret wherever a daemon could have left it. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { BotApi } from "../fakes/BotApi.ts"
import type { MessagesApi } from "../fakes/MessagesApi.ts"
import { call } from "./api.ts"
import { command, type Home, type Running } from "./Blufio.ts"

/** What was found in a place, by the place's name. */
export type Places = Readonly<Record<string, string>>

const asked = ["/readyz", "/v1/status", "/v1/sessions", "/v1/usage", "/metrics", "/openapi.json"]
const commands = [
  ["logs"],
  ["status", "--json"],
  ["session", "list", "--json"],
  ["audit", "--json"]
]

const printJson = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

/** Every file below a directory; sockets and what is gone by now are none. */
const filesBelow = (dir: string): Places =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name))
      .map((path) => [path, readFileSync(path, "latin1")])
  )

/** What a running daemon answers over its socket and to commands. */
export const answersOf = Effect.fnUntraced(function* (home: Home) {
  const places: Record<string, string> = {}
  for (const path of asked) places[path] = (yield* call(home.socket, path)).body
  for (const args of commands) {
    const { stderr, stdout } = yield* command({ home, args })
    places[args.join(" ")] = stdout + stderr
  }
  return places
})

/** What a daemon that has ended left behind, and what reached people and the model. */
export const tracesOf = Effect.fnUntraced(function* (world: {
  readonly home: Home
  readonly daemon: Running
  readonly telegram: BotApi
  readonly anthropic: MessagesApi
}) {
  const { anthropic, daemon, home, telegram } = world
  return {
    stdout: daemon.stdout(),
    stderr: daemon.stderr(),
    "what Telegram was told": printJson(telegram.calls.map(({ params }) => params)),
    "what the model was shown": printJson(
      (yield* anthropic.requests).map(({ body, path }) => [path, body])
    ),
    ...filesBelow(home.dir)
  }
})

/** As it stands, and as a URL, a dump or another encoding would carry it. */
const spellings = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("hex"),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  Buffer.from(secret, "utf16le").toString("latin1")
]

/** Neither a bot's token nor the half of it that is secret stands in any of the places. */
export const assertNowhere = (places: Places, token: string): void => {
  const needles = [token, token.split(":")[1] ?? token].flatMap(spellings)
  for (const [place, content] of Object.entries(places))
    for (const needle of needles) assert.isFalse(content.includes(needle), `a token in ${place}`)
}
