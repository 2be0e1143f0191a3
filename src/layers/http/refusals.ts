// SPDX-License-Identifier: MIT OR Apache-2.0
/** What no handler gets to answer is refused in the API's words too, on both doors (contract 5). */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"

const refusal = (status: number, type: string, message: string) =>
  HttpServerResponse.jsonUnsafe({ error: { type, message } }, { status })

const notFound = refusal(404, "not_found", "There is nothing at this address.")
const tooLarge = refusal(413, "too_large", "The body is larger than 1 MiB.")

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

const make = () => Layer.merge(HttpRouter.add("*", "/*", notFound), sizeLimit())

/** Two, because layers are shared by identity and each door has a router of its own. */
export const socket = make()
export const gateway = make()
