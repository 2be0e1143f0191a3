// SPDX-License-Identifier: MIT OR Apache-2.0
/** One Blufio per database, and the socket by which one asks it; a dead one's socket is removed. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { rmSync, statSync } from "node:fs"
import { get } from "node:http"
import { createServer, type Server } from "node:net"
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

/**
 * The lock itself: an abstract socket named after the file, whatever path or link leads to it. The
 * kernel lets it go with the process, so that nothing stale is ever left.
 */
const hold = (database: string) =>
  Effect.acquireRelease(
    Effect.callback<Server, NodeJS.ErrnoException>((resume) => {
      const { dev, ino } = statSync(database)
      const server = createServer((connection) => connection.destroy())
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen(`\0blufio-${dev}-${ino}`, () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
      })
  )

const make = Effect.gen(function* () {
  const { storage } = yield* Settings
  const path = yield* Effect.sync(() => socketPath(storage.path, env["XDG_RUNTIME_DIR"]))
  const refuse = Effect.fnUntraced(function* (holder: Holder) {
    const body = holder._tag === "Somebody" ? holder.body : Option.none()
    const known = yield* Effect.option(Effect.flatMap(Effect.fromOption(body), decodeDaemon))
    return yield* new AlreadyRunning({ database: storage.path, holder: Option.getOrNull(known) })
  })
  yield* Effect.catch(hold(storage.path), () => Effect.flatMap(holderOf(path), refuse))
  // The database is ours: what stands at the path is dead, or another database's daemon.
  const found = yield* holderOf(path)
  if (found._tag === "Somebody") return yield* refuse(found)
  if (found._tag === "Dead") yield* Effect.sync(() => rmSync(path, { force: true }))
  return InstanceLock.of({ path })
})

export const layer = Layer.effect(InstanceLock, make)
