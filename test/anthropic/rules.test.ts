// SPDX-License-Identifier: MIT OR Apache-2.0
/** The fake is as strict as the vendor: each of its rules refuses what breaks it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as MessagesApi from "../fakes/MessagesApi.ts"
import { decodeMessages } from "../fakes/messages-api/Body.ts"
import { check } from "../fakes/messages-api/rules.ts"
import { conversationOf } from "../fakes/messages-api/thinking.ts"

const hi = { role: "user", content: "hi" }
const use = (...ids: ReadonlyArray<string>) => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "tool_use", id, name: "t", input: {} }))
})
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" })
const answer = (...content: ReadonlyArray<unknown>) => ({ role: "user", content })
const text = (text: string, cache_control?: unknown) => ({ type: "text", text, cache_control })
const marked = (ttl: string) => ({ type: "ephemeral", ttl })
const tool = { name: "t", input_schema: { type: "object" } }

const base = { model: "claude-opus-5-5", max_tokens: 100, messages: [hi] }

const violation = (body: object): string => {
  const checked = check(JSON.parse(JSON.stringify(body)), [])
  return Result.isFailure(checked)
    ? `${checked.failure.status} ${checked.failure.message}`
    : "accepted"
}

const accepted: ReadonlyArray<readonly [string, object]> = [
  ["a plain question", base],
  ["consecutive user messages", { ...base, messages: [hi, hi] }],
  [
    "a tool loop",
    { ...base, messages: [hi, use("a", "b"), answer(result("b"), result("a"), text("x"))] }
  ],
  [
    "1h before 5m",
    { ...base, messages: [answer(text("x", marked("1h")), text("y", marked("5m")))] }
  ],
  ["max_tokens 0", { ...base, max_tokens: 0 }],
  [
    "thinking by budget on an older model",
    {
      ...base,
      model: "claude-haiku-4-5",
      thinking: { type: "enabled", budget_tokens: 1024 }
    }
  ]
]

const refused: ReadonlyArray<readonly [string, object, RegExp]> = [
  ["an unknown model", { ...base, model: "claude-9" }, /^404 model/],
  ["temperature", { ...base, temperature: 1 }, /^400 temperature/],
  ["top_p", { ...base, top_p: 1 }, /^400 top_p/],
  ["top_k", { ...base, top_k: 1 }, /^400 top_k/],
  ["an unknown field", { ...base, colour: "red" }, /^400 .*colour/s],
  ["no max_tokens", { ...base, max_tokens: undefined }, /^400 .*max_tokens/s],
  ["too many max_tokens", { ...base, max_tokens: 128_001 }, /^400 max_tokens/],
  [
    "thinking by budget",
    { ...base, thinking: { type: "enabled", budget_tokens: 1 } },
    /^400 thinking/
  ],
  ["thinking switched off", { ...base, thinking: { type: "disabled" } }, /^400 thinking/],
  ["no messages", { ...base, messages: [] }, /^400/],
  ["an assistant first", { ...base, messages: [use("a"), answer(result("a"))] }, /first message/],
  ["prefill", { ...base, messages: [hi, { role: "assistant", content: "I" }] }, /prefill/],
  ["a system role", { ...base, messages: [{ role: "system", content: "x" }, hi] }, /role system/],
  ["an empty text block", { ...base, messages: [answer(text(""))] }, /non-empty/],
  ["an empty message", { ...base, messages: [answer()] }, /must not be empty/],
  ["blank system text", { ...base, system: " " }, /system: text/],
  ["an unanswered call", { ...base, messages: [hi, use("a"), hi] }, /tool_use a has no/],
  [
    "a half answered message",
    { ...base, messages: [hi, use("a", "b"), answer(result("a"))] },
    /tool_use b/
  ],
  ["a late answer", { ...base, messages: [hi, use("a"), hi, answer(result("a"))] }, /tool_use a/],
  [
    "text before results",
    { ...base, messages: [hi, use("a"), answer(text("x"), result("a"))] },
    /come first/
  ],
  [
    "two answers",
    { ...base, messages: [hi, use("a"), answer(result("a"), result("a"))] },
    /single/
  ],
  ["a stray result", { ...base, messages: [answer(result("a"))] }, /has no tool_use/],
  [
    "the same id twice",
    {
      ...base,
      messages: [hi, use("a"), answer(result("a")), use("a"), answer(result("a"))]
    },
    /unique/
  ],
  [
    "an assistant's document",
    {
      ...base,
      messages: [
        hi,
        {
          role: "assistant",
          content: [
            { type: "document", source: { type: "text", media_type: "text/plain", data: "x" } }
          ]
        },
        hi
      ]
    },
    /document is not for assistant/
  ],
  [
    "forced tools",
    { ...base, model: "claude-sonnet-5-5", tools: [tool], tool_choice: { type: "any" } },
    /forced/
  ],
  [
    "five breakpoints",
    {
      ...base,
      messages: [answer(...["a", "b", "c", "d", "e"].map((one) => text(one, marked("5m"))))]
    },
    /maximum of 4/
  ],
  [
    "1h after 5m",
    { ...base, messages: [answer(text("x", marked("5m")), text("y", marked("1h")))] },
    /1h/
  ],
  [
    "forged thinking",
    {
      ...base,
      messages: [
        hi,
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "x", signature: "forged" },
            { type: "text", text: "y" }
          ]
        },
        hi
      ]
    },
    /signature/
  ],
  [
    "a prompt beyond the window",
    {
      ...base,
      model: "claude-haiku-4-5",
      messages: [{ role: "user", content: "x".repeat(700_000) }]
    },
    /prompt is too long/
  ]
]

describe("the fake's rules", () => {
  for (const [name, body] of accepted) {
    it(`accept ${name}`, () => assert.strictEqual(violation(body), "accepted"))
  }
  for (const [name, body, expected] of refused) {
    it(`refuse ${name}`, () => assert.match(violation(body), expected))
  }

  it("refuse thinking that is left out, changed or moved while a tool loop runs", () => {
    const thinking = { type: "thinking", thinking: "x", signature: "sig" } as const
    const other = { type: "thinking", thinking: "y", signature: "gis" } as const
    const loop = (...thoughts: ReadonlyArray<unknown>) => ({
      ...base,
      messages: [
        hi,
        { role: "assistant", content: [...thoughts, ...use("a").content] },
        answer(result("a"))
      ]
    })
    const issued = [
      {
        model: base.model,
        conversation: conversationOf(Result.getOrThrow(decodeMessages(base))),
        thinking: [thinking, other],
        toolIds: ["a"]
      }
    ]
    const verdict = (body: unknown) => Result.isSuccess(check(body, issued))
    assert.isTrue(verdict(loop(thinking, other)))
    assert.isFalse(verdict(loop()))
    assert.isFalse(verdict(loop(thinking)))
    assert.isFalse(verdict(loop(other, thinking)))
    assert.isFalse(verdict(loop({ ...thinking, thinking: "z" }, other)))
  })
})

const send = (
  api: MessagesApi.MessagesApi,
  headers: Record<string, string>,
  body: object = base,
  path = "/v1/messages"
) =>
  HttpClientRequest.post(api.url + path).pipe(
    HttpClientRequest.setHeaders(headers),
    HttpClientRequest.bodyJsonUnsafe(body),
    HttpClient.execute,
    Effect.flatMap((response) =>
      Effect.map(response.json, (json) => ({ status: response.status, json }))
    )
  )

describe("the fake's door", () => {
  it.live("takes both headers and both versions, and no wrong key", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make({ maxBodyBytes: 2000 })
      const old = "2023-06-01"
      const status = (headers: Record<string, string>, body?: object) =>
        Effect.map(send(api, headers, body), (response) => response.status)
      const bearer = { authorization: `Bearer ${api.key}` }
      assert.strictEqual(yield* status({ "x-api-key": api.key, "anthropic-version": old }), 200)
      assert.strictEqual(yield* status({ ...bearer, "anthropic-version": "2026-10-21" }), 200)
      assert.strictEqual(yield* status({ ...bearer, "anthropic-version": "1999-01-01" }), 400)
      assert.strictEqual(yield* status({ ...bearer }), 400)
      assert.strictEqual(yield* status({ "x-api-key": "no", "anthropic-version": old }), 401)
      const large = { ...base, messages: [{ role: "user", content: "x".repeat(3000) }] }
      assert.strictEqual(yield* status({ ...bearer, "anthropic-version": old }, large), 413)
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )

  it.live("answers whole messages too, and logs what it was asked", () =>
    Effect.gen(function* () {
      const api = yield* MessagesApi.make()
      const { json } = yield* send(api, {
        "x-api-key": api.key,
        "anthropic-version": "2023-06-01"
      })
      assert.isTrue(Predicate.hasProperty(json, "content"))
      assert.deepInclude(json, { stop_reason: "end_turn", role: "assistant" })
      const [logged] = yield* api.calls
      assert.deepStrictEqual(logged?.body, base)
      assert.strictEqual(logged?.outcome, "answered")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
