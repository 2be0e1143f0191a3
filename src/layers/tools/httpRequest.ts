// SPDX-License-Identifier: MIT OR Apache-2.0
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Egress } from "../../services/Egress.ts"
import { define, ToolFailed } from "../../services/Toolbox.ts"

/** What a model is shown of a page, in characters. */
const shown = 20_000

/** Reads what stands on the web. What it answers is text from outside. */
export const httpRequest = (egress: Egress["Service"]) =>
  define({
    name: "http_request",
    description:
      "Fetch a public web address with GET. Only https: and the open internet can be reached.",
    parameters: Schema.Struct({
      url: Schema.String.annotate({ description: "An absolute https: address" }),
      headers: Schema.optionalKey(
        Schema.Record(Schema.String, Schema.String).annotate({
          description: "Further request headers, if any are needed"
        })
      )
    }),
    idempotent: true,
    trusted: false,
    core: true,
    run: ({ headers = {}, url }) =>
      egress.get({ url, headers }).pipe(
        Effect.map((answer) => {
          const text = answer.text.slice(0, shown)
          const isCut = answer.isCut || text.length < answer.text.length
          const note = isCut ? `\n[cut after ${text.length} characters]` : ""
          return `${answer.status} ${answer.url}\n${answer.contentType}\n\n${text}${note}`
        }),
        Effect.mapError(({ detail }) => new ToolFailed({ detail }))
      )
  })
