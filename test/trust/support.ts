// SPDX-License-Identifier: MIT OR Apache-2.0
/** Homes whose keys stand in the vault, and the looks that tests of trust share. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { readFileSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { command, type Home } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"

export const passphrase = "correct horse battery staple"
export const unlocked = { BLUFIO_PASSPHRASE: passphrase }

/** The vendors' fakes, and a home with no key in its environment. */
export const makeKeyless = Effect.fnUntraced(function* (toml = "") {
  const fakes = yield* Fakes.make(toml)
  const { ANTHROPIC_API_KEY: _key, TELEGRAM_BOT_TOKEN: _token, ...env } = fakes.home.env
  const home: Home = { ...fakes.home, env }
  return { ...fakes, home }
})

export const secret = (
  home: Home,
  args: ReadonlyArray<string>,
  options: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>> } = {}
) => command({ home, args: ["secret", ...args], env: unlocked, ...options })

/** A vault that holds `secrets`. */
export const fill = Effect.fnUntraced(function* (
  home: Home,
  secrets: Readonly<Record<string, string>>
) {
  const stdin = Object.entries(secrets)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("")
  const { code, stderr } = yield* secret(home, ["import"], { stdin })
  if (code !== 0) return yield* Effect.die(stderr)
})

/** Every file beside the database, and the database, as bytes spelled in latin1. */
export const filesOf = (home: Home): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(dirname(home.database))
      .filter((name) => !name.endsWith(".sock"))
      .map((name) => [name, readFileSync(join(dirname(home.database), name), "latin1")])
  )

/** Somebody else than Blufio at the database. */
export const tamper = (home: Home, sql: string, ...values: ReadonlyArray<Uint8Array | string>) => {
  const db = new DatabaseSync(home.database)
  try {
    db.prepare(sql).run(...values)
  } finally {
    db.close()
  }
}

export const readColumn = (home: Home, sql: string): Uint8Array | number | string => {
  const db = new DatabaseSync(home.database, { readOnly: true })
  try {
    return Object.values(db.prepare(sql).get()!)[0] as Uint8Array | number | string
  } finally {
    db.close()
  }
}

export const decodeJson = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Any))
