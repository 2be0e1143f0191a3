// SPDX-License-Identifier: MIT OR Apache-2.0
/** Port: the only way out for addresses that a model or a skill can choose (SEC-09, SEC-10). */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Policy says no; `detail` is for the model and the person, and names no secret part of the address. */
export class EgressRefused extends Schema.TaggedError<EgressRefused>()("EgressRefused", {
  host: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** It was allowed and did not work. */
export class EgressFailed extends Schema.TaggedError<EgressFailed>()("EgressFailed", {
  host: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

export interface EgressRequest {
  readonly url: string
  /** Those that say who we are are dropped when a redirect leaves the origin. */
  readonly headers: Readonly<Record<string, string>>
}

export interface EgressResponse {
  readonly status: number
  /** Where the redirects led in the end. */
  readonly url: string
  readonly contentType: string
  /** Decoded, cut at the size limit. */
  readonly text: string
  readonly isCut: boolean
}

export class Egress extends Context.Service<
  Egress,
  {
    readonly get: (
      request: EgressRequest
    ) => Effect.Effect<EgressResponse, EgressRefused | EgressFailed>
  }
>()("blufio/services/Egress") {}
