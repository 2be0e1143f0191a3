// SPDX-License-Identifier: MIT OR Apache-2.0
/** The `Provider` over the Messages API: one request per call, streamed, aborted by interruption. */
import type * as AiError from "effect/ai/AiError"
import * as AnthropicStructuredOutput from "effect/ai/AnthropicStructuredOutput"
import * as LanguageModel from "effect/ai/LanguageModel"
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import type { Models } from "../../domain/router/Tier.ts"
import { ProviderNotReady, type Provider } from "../../services/Provider.ts"
import * as AnswerStream from "./AnswerStream.ts"
import * as Client from "./Client.ts"
import { collectParts } from "./collectParts.ts"
import * as Failure from "./Failure.ts"
import * as Request from "./Request.ts"

const name = "anthropic"

export interface Options {
  readonly baseUrl: string
  readonly models: Models
  readonly maxRetries: number
  readonly key: Effect.Effect<Option.Option<Redacted.Redacted>>
  /** Without releasing it. */
  readonly isKeyKnown: Effect.Effect<boolean>
  /** What a person has to do when there is no key. */
  readonly whyNoKey: Effect.Effect<string>
}

const notReady = (detail: string) => new ProviderNotReady({ provider: name, detail })

/** What a person has to do about a failure; most need nobody. */
const complaint = ({ reason }: AiError.AiError): Option.Option<ProviderNotReady> => {
  if (reason._tag === "QuotaExhaustedError") {
    return Option.some(notReady("the account has no credit left: see to its billing"))
  }
  if (reason._tag !== "AuthenticationError") return Option.none()
  return Option.some(
    reason.kind === "InsufficientPermissions"
      ? notReady(
          "the key may not do this: give it the permission, or store another: blufio secret set ANTHROPIC_API_KEY"
        )
      : notReady("the key was refused: blufio secret set ANTHROPIC_API_KEY stores a valid one")
  )
}

/** Scheme and host without a user's name or a query, which may hold secrets. */
const publicUrl = (baseUrl: string): string =>
  `${URL.parse(baseUrl)?.origin ?? "(not an address)"}/v1/messages`

export const make = Effect.fnUntraced(function* (options: Options): Effect.fn.Return<Provider> {
  const clientFor = yield* Client.make(options.baseUrl)
  const url = publicUrl(options.baseUrl)
  const refused = yield* Ref.make(
    Option.none<{ readonly key: string; readonly problem: ProviderNotReady }>()
  )

  const key = Effect.map(
    options.key,
    Option.filter((key) => Redacted.value(key).trim() !== "")
  )

  const missingKey = Effect.map(options.whyNoKey, notReady)

  const remember = (key: Redacted.Redacted) => (error: AiError.AiError) =>
    Option.match(complaint(error), {
      onNone: () => Effect.void,
      onSome: (problem) => Ref.set(refused, Option.some({ key: Redacted.value(key), problem }))
    })

  const stream = (
    key: Redacted.Redacted,
    model: string,
    maxOutputTokens: number,
    request: LanguageModel.ProviderOptions
  ) => {
    const origin: Failure.Origin = { url, key }
    return Stream.unwrap(
      Effect.gen(function* () {
        const client = yield* clientFor(key)
        const params = Request.createParams(request, model, maxOutputTokens)
        const { body } = yield* Client.send(origin, (signal) =>
          client.messages.create(params, { signal }).asResponse()
        )
        if (body === null) return yield* Failure.brokenOff("the answer has no body")
        yield* Ref.set(refused, Option.none())
        return AnswerStream.parts({ body, model, origin })
      })
    ).pipe(Stream.tapError(remember(key)))
  }

  /** Building one compiles schemas for its tools: the few that are in use are kept. */
  const models = yield* Cache.make({
    capacity: 8,
    lookup: (wanted: {
      readonly key: Redacted.Redacted
      readonly model: string
      readonly maxOutputTokens: number
    }) => {
      const parts = (request: LanguageModel.ProviderOptions) =>
        stream(wanted.key, wanted.model, wanted.maxOutputTokens, request)
      return LanguageModel.make({
        codecTransformer: AnthropicStructuredOutput.toCodecAnthropic,
        generateText: (request) => Effect.map(Stream.runCollect(parts(request)), collectParts),
        streamText: parts
      })
    }
  })

  const languageModel: Provider["languageModel"] = Effect.fnUntraced(function* (wanted) {
    const known = yield* key
    if (Option.isNone(known)) return yield* Effect.flip(missingKey)
    return yield* Cache.get(models, { ...wanted, key: known.value })
  })

  const countTokens: Provider["countTokens"] = Effect.fnUntraced(
    function* (request) {
      const known = yield* key
      if (Option.isNone(known)) return Option.none<number>()
      const client = yield* clientFor(known.value)
      const params = Request.countedParams(request)
      const counted = yield* Client.send({ url, key: known.value }, (signal) =>
        client.messages.countTokens(params, { signal })
      )
      return Option.filter(Option.some(counted.input_tokens), Number.isSafeInteger)
    },
    Effect.scoped,
    Effect.catch((error) =>
      Effect.as(
        Effect.logDebug(`tokens were not counted: ${error.reason._tag}`),
        Option.none<number>()
      )
    )
  )

  const problem: Provider["problem"] = Effect.gen(function* () {
    if (!(yield* options.isKeyKnown)) return Option.some(yield* missingKey)
    const last = yield* Ref.get(refused)
    if (Option.isNone(last)) return Option.none()
    const known = yield* key
    const isStillIt = Option.exists(known, (now) => Redacted.value(now) === last.value.key)
    return isStillIt ? Option.some(last.value.problem) : Option.none()
  })

  return {
    name,
    model: options.models.standard,
    models: options.models,
    maxRetries: options.maxRetries,
    languageModel,
    countTokens,
    problem
  }
})
