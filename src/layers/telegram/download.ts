// SPDX-License-Identifier: MIT OR Apache-2.0
/** The bytes of a file on Telegram's servers. The token stands in the address, which is told nobody. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { Fetch } from "effect/http/FetchHttpClient"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { FetchFailed } from "../../services/Channel.ts"
import type { BotApi } from "./BotApi.ts"
import { type BotApiError, describe } from "./BotApiError.ts"

/** No answer, or no more of it, for so long: the connection is dead. */
const silence = Duration.seconds(15)

/** Names that Telegram gives: nothing that could lead to another place on the server. */
const isPath = (path: string) => /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path) && path.length <= 300

const unreachable = (detail: string) => new FetchFailed({ why: "unreachable", detail })

const whyNot = ({ reason }: BotApiError): FetchFailed => {
  if (reason._tag === "BadRequest" && reason.kind === "file-too-big")
    return new FetchFailed({ why: "too-large", detail: "Telegram does not hand it to bots" })
  if (reason._tag === "BadRequest")
    return new FetchFailed({ why: "gone", detail: "Telegram does not know it any more" })
  return unreachable(describe(reason))
}

const ofStatus = (status: number): FetchFailed => {
  if (status === 404) return new FetchFailed({ why: "gone", detail: "not found (404)" })
  const detail = `the server answered with ${status}`
  return status === 429 || status >= 500
    ? unreachable(detail)
    : new FetchFailed({ why: "refused", detail })
}

export const make = (options: {
  readonly api: BotApi
  readonly token: Redacted.Redacted
  readonly apiRoot: string
}) => {
  const root = options.apiRoot.replace(/\/+$/, "")

  const body = Effect.fnUntraced(function* (path: string, mostBytes: number) {
    const controller = yield* Effect.acquireRelease(
      Effect.sync(() => new AbortController()),
      (controller) => Effect.sync(() => controller.abort())
    )
    const fetch = yield* Fetch
    const response = yield* Effect.tryPromise({
      try: () =>
        // As grammY calls the Bot API. A redirect would carry the token elsewhere.
        fetch(`${root}/file/bot${Redacted.value(options.token)}/${path}`, {
          redirect: "error",
          signal: controller.signal
        }),
      catch: () => unreachable("no connection")
    }).pipe(
      Effect.timeoutOrElse({
        duration: silence,
        orElse: () => Effect.fail(unreachable("no answer"))
      })
    )
    if (!response.ok) return yield* ofStatus(response.status)
    const told = Number(response.headers.get("content-length") ?? 0)
    if (told > mostBytes)
      return yield* new FetchFailed({ why: "too-large", detail: `${told} bytes` })
    const { body } = response
    if (body === null) return Stream.empty
    return Stream.fromReadableStream({
      evaluate: () => body,
      onError: () => unreachable("the connection broke")
    }).pipe(
      Stream.timeoutOrElse({
        duration: silence,
        orElse: () => Stream.fail(unreachable("the connection fell silent"))
      })
    )
  })

  return (ref: string, mostBytes: number): Stream.Stream<Uint8Array, FetchFailed> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const found = yield* Effect.mapError(options.api.getFile(ref), whyNot)
        if (found.path.startsWith("/"))
          return yield* new FetchFailed({
            why: "kept-by-server",
            detail: "the Bot API server names a path on its own disk"
          })
        if (!isPath(found.path))
          return yield* new FetchFailed({ why: "refused", detail: "an odd path" })
        if ((found.size ?? 0) > mostBytes)
          return yield* new FetchFailed({ why: "too-large", detail: `${found.size} bytes` })
        return yield* body(found.path, mostBytes)
      })
    )
}
