// SPDX-License-Identifier: MIT OR Apache-2.0
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { standingOf } from "../../src/domain/egress/addresses.ts"
import {
  type EgressRules,
  judgeAddresses,
  literalOf,
  targetOf
} from "../../src/domain/egress/target.ts"
import { hostile, legitimate, names } from "./urls.ts"

const rules: EgressRules = { allowedHosts: ["*"], opened: [] }

const judge = (url: string, { allowedHosts, opened }: EgressRules = rules) =>
  Result.flatMap(targetOf(url, { allowedHosts, opened }), (target) => {
    const literal = literalOf(target.host)
    const found = (names[target.host] ?? []).map(NetAddress.ipFromStringUnsafe)
    return judgeAddresses(target, literal === undefined ? found : [literal], {
      allowedHosts,
      opened
    })
  })

describe("addresses that lead inside", () => {
  it.each(hostile)("%s is refused", (url) => {
    assert.isTrue(Result.isFailure(judge(url)))
  })

  it("are many", () => {
    assert.isAtLeast(new Set(hostile).size, 60)
    assert.isAtLeast(new Set(legitimate).size, 20)
  })

  it.each(legitimate)("%s is not one of them", (url) => {
    assert.deepStrictEqual(Result.getFailure(judge(url)), Result.getFailure(Result.succeed(0)))
  })

  const Octet = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
  const prefixes = [
    ["10."],
    ["127."],
    ["169.254."],
    ["192.168."],
    ["0."],
    ["224.", "239.", "255."]
  ].flat()

  it.effect.prop(
    "cannot hide in any clothes",
    [Schema.Literals(prefixes), Schema.Tuple([Octet, Octet, Octet])],
    ([prefix, octets]) =>
      Effect.sync(() => {
        const wanted = 4 - (prefix.split(".").length - 1)
        const inner = prefix + octets.slice(0, wanted).join(".")
        const [a, b, c, d] = inner.split(".").map(Number) as [number, number, number, number]
        const hex = ((((a << 8) | b) << 16) >>> 0).toString(16).padStart(8, "0").slice(0, 4)
        const low = ((c << 8) | d).toString(16)
        const clothes = [
          `https://${inner}/`,
          `https://${((a << 24) | (b << 16) | (c << 8) | d) >>> 0}/`,
          `https://0${a.toString(8)}.${b}.${c}.${d}/`,
          `https://[::ffff:${inner}]/`,
          `https://[::${inner}]/`,
          `https://[64:ff9b::${inner}]/`,
          `https://[2002:${hex}:${low}::1]/`
        ]
        for (const url of clothes) assert.isTrue(Result.isFailure(judge(url)), url)
      })
  )
})

describe("tools.http_allow_private", () => {
  const opened = [
    IpNetwork.fromStringUnsafe("192.168.7.0/24"),
    IpNetwork.fromStringUnsafe("127.0.0.0/8")
  ]
  const open: EgressRules = { allowedHosts: ["*"], opened }

  it("opens what it names, on any port, and nothing beside it", () => {
    assert.isTrue(Result.isSuccess(judge("https://192.168.7.9:9000/", open)))
    assert.isTrue(Result.isSuccess(judge("https://[::ffff:192.168.7.9]/", open)))
    assert.isTrue(Result.isFailure(judge("https://192.168.8.9/", open)))
    assert.isTrue(Result.isFailure(judge("https://10.0.0.1/", open)))
    assert.isTrue(Result.isFailure(judge("https://mixed.example.com/", open)))
  })

  it("lets plain http: go to this machine only", () => {
    assert.isTrue(Result.isSuccess(judge("http://127.0.0.1:8080/", open)))
    assert.isTrue(Result.isSuccess(judge("http://loop.example.com/", open)))
    assert.isTrue(Result.isFailure(judge("http://192.168.7.9/", open)))
    assert.isTrue(Result.isFailure(judge("http://example.com/", open)))
  })

  it("does not open what a translator would make of it", () => {
    const nat64 = NetAddress.ipFromStringUnsafe("64:ff9b::127.0.0.1")
    assert.strictEqual(standingOf(nat64, opened), "closed")
  })
})

describe("tools.allowed_hosts", () => {
  const only = (...allowedHosts: ReadonlyArray<string>): EgressRules => ({
    allowedHosts,
    opened: []
  })

  it("names hosts, and those below one", () => {
    assert.isTrue(Result.isSuccess(judge("https://example.com/", only("example.com"))))
    assert.isTrue(Result.isSuccess(judge("https://EXAMPLE.com./", only("Example.COM"))))
    assert.isTrue(Result.isFailure(judge("https://www.example.com/", only("example.com"))))
    assert.isTrue(Result.isSuccess(judge("https://www.example.com/", only("*.example.com"))))
    assert.isTrue(Result.isFailure(judge("https://example.com/", only("*.example.com"))))
    assert.isTrue(Result.isFailure(judge("https://api.example.net/", only("*.example.com"))))
    assert.isTrue(Result.isSuccess(judge("https://xn--bcher-kva.example/", only("bücher.example"))))
    assert.isTrue(Result.isFailure(judge("https://example.com/", only())))
    assert.isTrue(Result.isFailure(judge("https://localhost/", only("localhost"))))
  })
})
