// SPDX-License-Identifier: MIT OR Apache-2.0
/** The token stands in the address of every call: it goes to `api_root` and nowhere else. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as BotApi from "../../src/layers/telegram/BotApi.ts"

const listen = (handler: Http.RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<Http.Server>((resume) => {
      const server: Http.Server = Http.createServer(handler).listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(server))
      )
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
const urlOf = (server: Http.Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

describe("a Bot API that points elsewhere", () => {
  it.live.each([301, 302, 307, 308])("is not followed (%d)", (status) =>
    Effect.gen(function* () {
      const visits: Array<string> = []
      const elsewhere = yield* listen((request, response) => {
        visits.push(request.url ?? "")
        response.end(`{"ok":true,"result":{"username":"thief"}}`)
      })
      const root = yield* listen((request, response) => {
        response.writeHead(status, { location: urlOf(elsewhere) + request.url })
        response.end()
      })
      const api = BotApi.make({ token: Redacted.make("1:secret"), apiRoot: urlOf(root) })
      const error = yield* Effect.flip(api.getMe)
      assert.strictEqual(error._tag, "BotApiError")
      assert.deepStrictEqual(visits, [])
    })
  )
})
