// SPDX-License-Identifier: MIT OR Apache-2.0
/** What no handler gets to answer is refused in the API's words too, on both doors (contract 5). */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import { Api } from "../../api/Api.ts"

const refusal = (status: number, type: string, message: string) =>
  HttpServerResponse.jsonUnsafe({ error: { type, message } }, { status })

const notFound = refusal(404, "not_found", "There is nothing at this address.")
const tooLarge = refusal(413, "too_large", "The body is larger than 1 MiB.")

const stopping = refusal(
  503,
  "shutting_down",
  "Blufio is stopping. What was sent is kept, and answered after the next start."
)
const wrongType = refusal(415, "unsupported_media_type", "The body must be application/json.")

const isTooLarge = (defect: unknown) =>
  HttpServerError.isHttpServerError(defect) &&
  defect.reason._tag === "RequestParseError" &&
  defect.reason.reason === "BodyTooLarge"

/** Reading a body that is too large fails as a defect, inside the generated handlers. */
const sizeLimit = () =>
  HttpRouter.middleware(
    (handled) =>
      Effect.catchDefect(handled, (defect) =>
        isTooLarge(defect)
          ? Effect.succeed(HttpServerResponse.setHeader(tooLarge, "connection", "close"))
          : Effect.die(defect)
      ),
    { global: true }
  )

/** Who hung up is told nothing; who is cut off by our stop is. */
const isOurStop = (cause: Cause.Cause<unknown>) =>
  Cause.hasInterruptsOnly(cause) &&
  !cause.reasons.some((reason) => reason.annotations.has(HttpServerError.ClientAbort.key))

const shutdown = () =>
  HttpRouter.middleware(
    (handled) => Effect.catchCauseIf(handled, isOurStop, () => Effect.succeed(stopping)),
    { global: true }
  )

/** The generated handlers refuse a body's type in plain text. */
const bodyType = () =>
  HttpRouter.middleware(
    (handled) =>
      Effect.map(handled, (response) =>
        response.status === wrongType.status ? wrongType : response
      ),
    { global: true }
  )

const isAddress = (path: string): path is `/${string}` => path.startsWith("/")

/** Not HEAD, which the router answers as GET where nothing else does. */
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const

/** Addresses that exist, asked for in a way that they do not take. */
const otherMethods = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
) => {
  const taken = new Map<HttpRouter.PathInput, Set<string>>()
  HttpApi.reflect(api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { method, path } }) => {
      if (isAddress(path)) taken.set(path, (taken.get(path) ?? new Set()).add(method))
    }
  })
  const routes = Array.from(taken, ([path, known]) => {
    const allowed = [...known].join(", ")
    const answer = HttpServerResponse.setHeader(
      refusal(405, "method_not_allowed", `This address takes ${allowed} only.`),
      "allow",
      allowed
    )
    const others = methods.filter((method) => !known.has(method))
    return others.map((method) => HttpRouter.route(method, path, answer))
  })
  return HttpRouter.addAll(routes.flat())
}

const make = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
) =>
  Layer.mergeAll(
    HttpRouter.addAll(methods.map((method) => HttpRouter.route(method, "/*", notFound))),
    otherMethods(api),
    sizeLimit(),
    bodyType(),
    shutdown()
  )

/** Two, because layers are shared by identity and each door has a router of its own. */
export const socket = make(Api)
export const gateway = make(Api)
