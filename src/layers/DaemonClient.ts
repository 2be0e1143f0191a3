// SPDX-License-Identifier: MIT OR Apache-2.0
/** The daemon as another process of this machine reaches it: its API, over the socket. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Effect from "effect/Effect"
import type { HttpClientError } from "effect/http/HttpClientError"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Api } from "../api/Api.ts"
import type { SettingsData } from "../domain/Settings.ts"
import { Environment } from "./config/Environment.ts"
import { socketPath } from "./socketPath.ts"

class NoDaemon extends Schema.TaggedError<NoDaemon>()("NoDaemon", {}) {
  override get message(): string {
    return "No daemon is running. Start one with: blufio serve"
  }
}

/** The socket is there, but it cannot be used. */
class DaemonUnreachable extends Schema.TaggedError<DaemonUnreachable>()("DaemonUnreachable", {
  socket: Schema.String,
  code: Schema.String
}) {
  override get message(): string {
    return this.code === "EACCES"
      ? `The daemon belongs to another user: ${this.socket} may not be opened.`
      : `The daemon does not answer on ${this.socket} (${this.code}).`
  }
}

export class DaemonGone extends Schema.TaggedError<DaemonGone>()("DaemonGone", {
  /** False when what was asked cannot have reached it. */
  reached: Schema.Boolean
}) {
  override get message(): string {
    return "The daemon has gone away. Start it again with: blufio serve"
  }
}

class DaemonOutdated extends Schema.TaggedError<DaemonOutdated>()("DaemonOutdated", {
  cause: Schema.Defect()
}) {
  override get message(): string {
    return "The daemon's answer is not understood: it is of another version. Restart it."
  }
}

/** The daemon said no; `detail` is for the person. */
class DaemonRefused extends Schema.TaggedError<DaemonRefused>()("DaemonRefused", {
  type: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

export type DaemonError = DaemonGone | DaemonOutdated | DaemonRefused

export type Client = HttpApiClient.ForApi<typeof Api>

/** An error of the API, as `src/api/errors.ts` shapes them. */
interface Refusal {
  readonly error: { readonly type: string; readonly message: string }
}

/** The system's name for why a connection failed. */
const codeOf = ({ reason }: HttpClientError): string =>
  reason._tag === "TransportError" &&
  Predicate.hasProperty(reason.cause, "code") &&
  Predicate.isString(reason.cause.code)
    ? reason.cause.code
    : reason._tag

const isAbsent = (code: string) => code === "ENOENT" || code === "ECONNREFUSED"

/** What the server answers when it is stopped amid a request, and when a handler breaks. */
const stopping = 503
const broken = 500
const brokenDetail = "The daemon failed at this. What happened stands in: blufio logs"

const daemonError = (error: HttpClientError | Schema.SchemaError | Refusal): DaemonError => {
  if (!("_tag" in error)) {
    return new DaemonRefused({ type: error.error.type, detail: error.error.message })
  }
  if (error._tag === "HttpClientError") {
    if (error.reason._tag === "TransportError") {
      return new DaemonGone({ reached: !isAbsent(codeOf(error)) })
    }
    const status = error.response?.status
    if (status === stopping) return new DaemonGone({ reached: true })
    if (status === broken) return new DaemonRefused({ type: "internal", detail: brokenDetail })
  }
  return new DaemonOutdated({ cause: error })
}

/** A call to the daemon, with its failures in words for the person. */
export const ask = <A, R>(
  call: Effect.Effect<A, HttpClientError | Schema.SchemaError | Refusal, R>
): Effect.Effect<A, DaemonError, R> => Effect.mapError(call, daemonError)

const answersWithin = "5 seconds"

/** None when no daemon runs: nothing listens on the socket. */
export const connect = Effect.fn("DaemonClient.connect")(function* (settings: SettingsData) {
  const environment = yield* Environment
  const socket = socketPath(settings.storage.path, environment.XDG_RUNTIME_DIR)
  const agent = yield* NodeHttpClient.makeAgent({ socketPath: socket })
  const httpClient = yield* Effect.provideService(
    NodeHttpClient.makeNodeHttp,
    NodeHttpClient.HttpAgent,
    agent
  )
  const client: Client = yield* HttpApiClient.makeWith(Api, {
    httpClient,
    baseUrl: "http://localhost"
  })
  const unreachable = (code: string) => new DaemonUnreachable({ socket, code })
  return yield* client.daemon({}).pipe(
    Effect.asSome,
    Effect.map(Option.as(client)),
    Effect.timeoutOrElse({
      duration: answersWithin,
      orElse: () => Effect.fail(unreachable("no answer"))
    }),
    Effect.catchTags({
      HttpClientError: (error) => {
        const code = codeOf(error)
        return isAbsent(code) ? Effect.succeedNone : Effect.fail(unreachable(code))
      },
      SchemaError: (cause) => Effect.fail(new DaemonOutdated({ cause }))
    })
  )
})

/** For what only a running daemon can do. */
export const require = (settings: SettingsData) =>
  Effect.flatMap(connect(settings), (client) =>
    Effect.mapError(Effect.fromOption(client), () => new NoDaemon())
  )
