// SPDX-License-Identifier: MIT OR Apache-2.0
/** A log entry's message, cause and annotations are cleaned before escapes can hide anything. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Observability from "../../src/layers/Observability.ts"
import * as NodeKeyedHash from "../../src/layers/NodeKeyedHash.ts"
import { LogRing } from "../../src/services/LogRing.ts"
import { Redactor } from "../../src/services/Redactor.ts"
import { Settings } from "../../src/services/Settings.ts"
import { secrets } from "../domain/redaction/samples.ts"

const token =
  secrets.find(({ kind }) => kind === "github-token")?.secret ?? assert.fail("no sample")
const held = 'a "quoted" and \\back\\slashed value'

const print = Schema.encodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

const layerFor = (format: "json" | "pretty") =>
  Observability.layer.pipe(
    Layer.provideMerge(LogRing.layer),
    Layer.provideMerge(Redactor.layer.pipe(Layer.provide(NodeKeyedHash.layer))),
    Layer.provide(Settings.layerFrom({ observability: { log_format: format } }))
  )

describe.each(["json", "pretty"] as const)("in %s", (format) => {
  it.effect("nothing of a secret is left in a line, wherever it stood", () =>
    Effect.gen(function* () {
      const redactor = yield* Redactor
      redactor.learn("HELD", Redacted.make(held))
      const ring = yield* LogRing
      const texts = [
        `the output was:\n${token}`,
        `tab\t${token}`,
        `it's ${held}!`,
        print({ inner: print({ held }) }),
        `\u001b[32m${token}`
      ]
      for (const text of texts)
        yield* Effect.logError(text, { inner: [text] }, Cause.fail(new Error(text))).pipe(
          Effect.annotateLogs({ about: text, deep: { text } })
        )
      const lines = yield* ring.recent
      assert.strictEqual(lines.length, texts.length)
      for (const line of lines) {
        assert.notInclude(line, token)
        assert.notInclude(line, "quoted")
        assert.notInclude(line, "slashed")
        assert.match(line, /\[redacted:github-token\]|\[HELD\]/)
        assert.match(
          line,
          format === "json" ? /^\{.*"level":"ERROR".*\}$/ : /^timestamp=\S+ level=ERROR fiber=/
        )
        assert.notInclude(line, "\n")
      }
    }).pipe(Effect.provide(layerFor(format)))
  )
})
