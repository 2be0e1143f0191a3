// SPDX-License-Identifier: MIT OR Apache-2.0
/** The gateway's port: who asks is proven before anything of the request but its head is read. */
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Context from "effect/Context"
import { type Access, Needs } from "../../api/access.ts"
import { Api } from "../../api/Api.ts"
import { allows } from "../../domain/scopes.ts"
import { Actor } from "../../services/Actor.ts"
import { Auth } from "../../services/Auth.ts"
import { storeFailed } from "./failures.ts"
import { remoteAddress } from "./IdentityHandlers.ts"

interface Entry {
  readonly method: string
  readonly path: RegExp
  readonly access: Access
}

/** Each address of the API with what it asks for. */
const entries: ReadonlyArray<Entry> = (() => {
  const found: Array<Entry> = []
  HttpApi.reflect(Api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint }) => {
      const { annotations, method, path } = endpoint
      const pattern = path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(/:\w+/g, "[^/]+")
      const access = Context.get(annotations as Context.Context<never>, Needs)
      found.push({ method, path: new RegExp(`^${pattern}/?$`), access })
    }
  })
  return found
})()

const accessOf = (method: string, path: string): Access | undefined => {
  const here = entries.filter((entry) => entry.path.test(path))
  const asked = method === "HEAD" ? "GET" : method
  return (here.find((entry) => entry.method === asked) ?? here[0])?.access
}

const refusal = (status: number, type: string, message: string) =>
  HttpServerResponse.jsonUnsafe({ error: { type, message } }, { status })

const notFound = refusal(404, "not_found", "There is nothing at this address.")
const forbidden = (scope: string) =>
  refusal(403, "permission_denied", `This key or device lacks the scope "${scope}".`)

const bearerOf = (header: string | undefined): Option.Option<string> =>
  Option.fromNullishOr(/^bearer +(\S{1,512})$/i.exec(header ?? "")?.[1])

/** What was not read of a refused request would stand before the next one. */
const closing = HttpServerResponse.setHeader("connection", "close")

export const layer = HttpRouter.middleware(
  Effect.map(
    Auth,
    (auth) =>
      <E, R>(handled: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const path = request.url.replace(/[?#][^]*$/, "")
          const access = accessOf(request.method, path)
          if (access === "none") return yield* handled
          const address = yield* remoteAddress
          const principal = yield* Effect.result(
            auth.authenticate(bearerOf(request.headers["authorization"]), address)
          )
          if (principal._tag === "Failure") {
            const error = principal.failure
            switch (error._tag) {
              case "NotProven":
                return closing(
                  HttpServerResponse.setHeader(
                    refusal(401, "unauthorized", error.message),
                    "www-authenticate",
                    "Bearer"
                  )
                )
              case "TooManyFailures":
                return closing(
                  HttpServerResponse.setHeader(
                    refusal(429, "too_many_requests", error.message),
                    "retry-after",
                    String(error.retryAfterSeconds)
                  )
                )
              case "StoreError":
                return HttpServerResponse.jsonUnsafe(storeFailed(), { status: 500 })
            }
          }
          // An odd spelling of an address must not reach what its plain one guards.
          if (access === undefined || access === "socket") return closing(notFound)
          if (!allows(principal.success.scopes, access)) return closing(forbidden(access))
          return yield* Effect.provideService(handled, Actor, principal.success.label)
        })
  ),
  { global: true }
)
