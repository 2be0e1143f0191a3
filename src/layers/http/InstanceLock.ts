// SPDX-License-Identifier: MIT OR Apache-2.0
/** One Blufio per database: who listens on its socket holds it; a dead one's socket is removed. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { rmSync } from "node:fs"
import { get } from "node:http"
import { env } from "node:process"
import { Daemon } from "../../api/schemas.ts"
import { Settings } from "../../services/Settings.ts"
import { socketPath } from "../socketPath.ts"

/** Another process serves this database already. */
export class AlreadyRunning extends Schema.TaggedError<AlreadyRunning>()("AlreadyRunning", {
  database: Schema.String,
  holder: Schema.NullOr(Daemon)
}) {
  override get message(): string {
    const who =
      this.holder === null
        ? "Another process"
        : `blufio ${this.holder.command} (process ${this.holder.pid})`
    return (
      `${who} already serves ${this.database}. ` +
      "Stop it first, or give this one a database of its own (storage.path)."
    )
  }
}

/** The path of the socket that this process may listen on. */
export class InstanceLock extends Context.Service<InstanceLock, { readonly path: string }>()(
  "blufio/layers/http/InstanceLock"
) {}

const answerWithin = 2000

type Holder =
  | { readonly _tag: "Nobody" }
  /** A socket that nobody listens on: its process was killed. */
  | { readonly _tag: "Dead" }
  | { readonly _tag: "Somebody"; readonly body: Option.Option<string> }

/** Recognised by connecting: only a process that lives accepts. */
const holderOf = (path: string) =>
  Effect.callback<Holder>((resume) => {
    const request = get(
      { socketPath: path, path: "/v1/daemon", timeout: answerWithin },
      (response) => {
        let body = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => (body += chunk))
        response.on("end", () =>
          resume(Effect.succeed({ _tag: "Somebody", body: Option.some(body) }))
        )
      }
    )
    request.on("timeout", () => request.destroy())
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resume(Effect.succeed({ _tag: "Nobody" }))
      else if (error.code === "ECONNREFUSED") resume(Effect.succeed({ _tag: "Dead" }))
      else resume(Effect.succeed({ _tag: "Somebody", body: Option.none() }))
    })
    return Effect.sync(() => request.destroy())
  })

const decodeDaemon = Schema.decodeUnknownEffect(Schema.fromJsonString(Daemon))

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { storage } = yield* Settings
  const path = socketPath(storage.path, env["XDG_RUNTIME_DIR"])
  // The database's write lock makes looking and removing one step among processes that start at once.
  // Only what was seen dead is removed: where nothing was, another may have begun to listen by now.
  const holder = yield* holderOf(path).pipe(
    Effect.tap((found) =>
      found._tag === "Dead" ? Effect.sync(() => rmSync(path, { force: true })) : Effect.void
    ),
    sql.withTransaction
  )
  if (holder._tag === "Somebody") {
    const known = yield* Effect.option(Effect.flatMap(Effect.fromOption(holder.body), decodeDaemon))
    return yield* new AlreadyRunning({
      database: storage.path,
      holder: Option.getOrNull(known)
    })
  }
  return InstanceLock.of({ path })
})

export const layer = Layer.effect(InstanceLock, make)
