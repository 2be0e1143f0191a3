// SPDX-License-Identifier: MIT OR Apache-2.0
/** The tool `http_request` in a turn: what it must not reach is not reached, whatever a model asks for. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { text, toolCall } from "../fakes/MessagesApi.ts"
import { hostile } from "../egress/urls.ts"
import { say } from "../support/api.ts"
import { command, serve } from "../support/Blufio.ts"
import * as Fakes from "../support/Fakes.ts"
import { person, printJson } from "./support.ts"

type Handler = (request: Http.IncomingMessage, response: Http.ServerResponse) => void

/** A server on loopback that counts who comes. */
const listen = (handler: Handler) =>
  Effect.acquireRelease(
    Effect.callback<{ port: number; visits: Array<Http.IncomingMessage>; server: Http.Server }>(
      (resume) => {
        const visits: Array<Http.IncomingMessage> = []
        const server = Http.createServer((request, response) => {
          visits.push(request)
          handler(request, response)
        })
        server.listen(0, "127.0.0.1", () =>
          resume(Effect.succeed({ port: (server.address() as AddressInfo).port, visits, server }))
        )
      }
    ),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

/** A model that fetches what it is told to and says what came of it. */
const fetching = Effect.fnUntraced(function* (toml = "") {
  const fakes = yield* Fakes.make(toml)
  yield* fakes.anthropic.setBrain((body) => {
    const { results, step, words } = Fakes.asked(body)
    const [url, ...credentials] = words.split(" ")
    const value = credentials.join(" ")
    return step === 0
      ? toolCall("http_request", {
          url,
          ...(value === ""
            ? {}
            : {
                headers: {
                  authorization: value,
                  "api-key": value,
                  "x-session": value,
                  accept: "a/b"
                }
              })
        })
      : text(results.join("\n"))
  })
  yield* serve({ home: fakes.home })
  return fakes
})

describe("http_request", () => {
  it.live("reaches nothing inside, and the refusal is recorded", () =>
    Effect.gen(function* () {
      const inside = yield* listen((_request, response) => response.end("inside"))
      const { home } = yield* fetching()
      const mine = [
        `https://127.0.0.1:${inside.port}/`,
        `http://127.0.0.1:${inside.port}/`,
        `http://localhost:${inside.port}/`,
        `http://[::ffff:127.0.0.1]:${inside.port}/`,
        `http://0x7f000001:${inside.port}/`
      ]
      const asked = [...mine, ...hostile.filter((url) => !/\.example|not an|\s/.test(url))]
      assert.isAtLeast(asked.length, 60)
      for (const url of asked) {
        const { text } = yield* say(home.socket, url, "hostile")
        assert.notMatch(text, /^.{0,40}200 http/, url)
        assert.match(text, /fetched|open internet|address|host|found|this machine/, url)
      }
      assert.lengthOf(inside.visits, 0)
      const tail = yield* command({ home, args: ["audit", "tail", "--json"] })
      assert.include(tail.stdout, "policy.refused")
    })
  )

  it.live("reads what was opened, and the model is told that it is from outside", () =>
    Effect.gen(function* () {
      const site = yield* listen((_request, response) => {
        response.setHeader("content-type", "text/plain; charset=utf-8")
        response.end("Grüße from the site")
      })
      const { anthropic, home } = yield* fetching(`[tools]\nhttp_allow_private = ["127.0.0.0/8"]`)
      const { text } = yield* say(home.socket, `http://127.0.0.1:${site.port}/page`)
      assert.include(text, "Grüße from the site")
      const prompts = printJson((yield* anthropic.calls).map(({ body }) => body))
      assert.match(prompts, /untrusted[^]*Grüße/i)
      assert.strictEqual(site.visits[0]?.headers["user-agent"], "Blufio/0.1.0")
      const secure = yield* say(home.socket, `https://127.0.0.1:${site.port}/page`)
      assert.include(secure.text, "127.0.0.1: it does not speak TLS")
      const nobody = yield* say(home.socket, "http://127.0.0.1:1/page")
      assert.include(nobody.text, "127.0.0.1: nobody listens on this port")
    })
  )

  it.live("judges each redirect anew and keeps credentials with their origin", () =>
    Effect.gen(function* () {
      const other = yield* listen((_request, response) => response.end("other"))
      const site = yield* listen((request, response) => {
        const to: Record<string, string> = {
          "/inside": "https://10.0.0.1/",
          "/other": `http://127.0.0.1:${other.port}/`,
          "/loop": "/loop",
          "/scheme": "file:///etc/passwd"
        }
        response.writeHead(302, { location: to[request.url ?? ""] ?? "/" })
        response.end()
      })
      const { home } = yield* fetching(`[tools]\nhttp_allow_private = ["127.0.0.0/8"]`)
      const at = (path: string) => `http://127.0.0.1:${site.port}${path}`
      assert.include((yield* say(home.socket, at("/inside"))).text, "not on the open internet")
      assert.include((yield* say(home.socket, at("/loop"))).text, "too many redirects")
      assert.include((yield* say(home.socket, at("/scheme"))).text, "Only https:")
      assert.include((yield* say(home.socket, `${at("/other")} Bearer-of-news`)).text, "other")
      const first = site.visits.find(({ url }) => url === "/other")
      assert.strictEqual(first?.headers.authorization, "Bearer-of-news")
      assert.strictEqual(first?.headers["api-key"], "Bearer-of-news")
      const arrived = other.visits[0]!.headers
      assert.notInclude(printJson(arrived), "Bearer-of-news")
      assert.strictEqual(arrived.accept, "a/b")
    })
  )

  it.live("takes no more than it should of endless, packed or binary answers", () =>
    Effect.gen(function* () {
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 97))
      const site = yield* listen((request, response) => {
        if (request.url === "/bomb") {
          response.writeHead(200, { "content-encoding": "gzip", "content-type": "text/plain" })
          return response.end(bomb)
        }
        if (request.url === "/binary") {
          response.writeHead(200, { "content-type": "image/png" })
          return response.end(Buffer.alloc(100))
        }
        if (request.url === "/headers") {
          response.writeHead(200, { "x-long": "a".repeat(64 * 1024) })
          return response.end()
        }
        response.writeHead(200, { "content-type": "text/plain" })
        const more = () => {
          while (response.write("endless ".repeat(1000)));
        }
        response.on("drain", more)
        more()
      })
      const { home } = yield* fetching(`[tools]\nhttp_allow_private = ["127.0.0.0/8"]`)
      const at = (path: string) => `http://127.0.0.1:${site.port}${path}`
      assert.include((yield* say(home.socket, at("/bomb"))).text, "cut after 20000")
      assert.include((yield* say(home.socket, at("/endless"))).text, "cut after 20000")
      assert.include(
        (yield* say(home.socket, at("/binary"))).text,
        "100 bytes of image/png, not text"
      )
      assert.notInclude((yield* say(home.socket, at("/headers"))).text, "200 http")
    })
  )

  it.live("gives up a server that wants to speak something else", () =>
    Effect.gen(function* () {
      const site = yield* listen(() => undefined)
      site.server.on("connection", (socket) => {
        socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")
      })
      const { home } = yield* fetching(`[tools]\nhttp_allow_private = ["127.0.0.0/8"]`)
      const { text } = yield* say(home.socket, `http://127.0.0.1:${site.port}/`)
      assert.include(text, "something else than HTTP")
    })
  )

  it.live("is ended by /stop while nothing comes", () =>
    Effect.gen(function* () {
      const site = yield* listen(() => undefined)
      const { telegram } = yield* fetching(`[tools]\nhttp_allow_private = ["127.0.0.0/8"]`)
      telegram.userSays(person, `http://127.0.0.1:${site.port}/hang`)
      yield* telegram.waitFor(() => (site.visits.length > 0 ? true : undefined))
      const closed = Effect.callback<void>((resume) => {
        site.visits[0]!.socket.once("close", () => resume(Effect.void))
      })
      telegram.userSays(person, "/stop")
      yield* Effect.timeout(closed, "1 second")
      yield* telegram.waitFor(() =>
        telegram.shownIn(person).some((shown) => /stopped/i.test(shown)) ? true : undefined
      )
    })
  )
})
