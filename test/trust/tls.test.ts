// SPDX-License-Identifier: MIT OR Apache-2.0
/** The gateway's port beyond this machine: with TLS, or not at all. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { request } from "node:https"
import { join } from "node:path"
import { callPort } from "../support/api.ts"
import { command, makeHome, serve } from "../support/Blufio.ts"
import { certificate, key } from "./certificate.ts"

const overTls = (port: string, path: string) =>
  Effect.callback<number>((resume) => {
    const options = { host: "127.0.0.1", port, path, ca: certificate, servername: "localhost" }
    const sent = request(options, (response) => {
      response.resume()
      resume(Effect.succeed(response.statusCode ?? 0))
    })
    sent.on("error", (error) => resume(Effect.die(error)))
    sent.end()
  })

describe("gateway.host beyond loopback", () => {
  it.live("is served over TLS, and asks for a key as ever", () =>
    Effect.gen(function* () {
      const home = yield* makeHome(
        `[gateway]\nhost = "0.0.0.0"\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n[provider]\ndefault = "demo"`
      )
      writeFileSync(join(home.dir, "cert.pem"), certificate)
      writeFileSync(join(home.dir, "key.pem"), key)
      const daemon = yield* serve({ home })
      const port = yield* daemon.says(/https:\/\/0\.0\.0\.0:(\d+)/)
      assert.strictEqual(yield* overTls(port, "/healthz"), 200)
      assert.strictEqual(yield* overTls(port, "/v1/status"), 401)
      assert.strictEqual((yield* callPort(port, "/healthz")).status, 0, "no plain HTTP")
    })
  )

  it.live("without both files is refused with exit 3, and files that are none are named", () =>
    Effect.gen(function* () {
      const bare = yield* makeHome(`[gateway]\nhost = "0.0.0.0"`)
      const refused = yield* command({ home: bare, args: ["serve"] })
      assert.strictEqual(refused.code, 3)
      assert.match(refused.stderr, /gateway\.tls_cert and gateway\.tls_key/)
      const home = yield* makeHome(
        `[gateway]\nhost = "0.0.0.0"\ntls_cert = "cert.pem"\ntls_key = "key.pem"`
      )
      const missing = yield* command({ home, args: ["serve"] })
      assert.strictEqual(missing.code, 3)
      assert.match(missing.stderr, /blufio\.toml: gateway\.tls_cert: \S*\/cert\.pem is not there/)
      writeFileSync(join(home.dir, "cert.pem"), certificate)
      writeFileSync(join(home.dir, "key.pem"), "no key")
      const broken = yield* command({ home, args: ["serve"] })
      assert.strictEqual(broken.code, 3)
      assert.match(broken.stderr, /gateway\.tls_key: \S*\/key\.pem .*PEM/)
      assert.notInclude(broken.stderr, "no key")
    })
  )
})
