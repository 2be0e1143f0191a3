// SPDX-License-Identifier: MIT OR Apache-2.0
/** Fetches what a model chose: each hop judged anew, connected to the address that was judged. */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AddressResolver } from "effect/net/AddressResolver"
import type * as NetAddress from "effect/net/NetAddress"
import * as Result from "effect/Result"
import packageJson from "../../../package.json" with { type: "json" }
import {
  type EgressRules,
  judgeAddresses,
  literalOf,
  type Target,
  targetOf
} from "../../domain/egress/target.ts"
import { Audit } from "../../services/Audit.ts"
import { Egress, EgressFailed, EgressRefused } from "../../services/Egress.ts"
import { Redactor } from "../../services/Redactor.ts"
import { Settings } from "../../services/Settings.ts"
import { decodeText } from "./decodeText.ts"
import { request } from "./hop.ts"

const mostHops = 6
const resolveWithin = "5 seconds"
const totalTime = "60 seconds"

/** Those that say nothing of who asks. All others stay with the origin that they were meant for. */
const anonymous = /^(?:accept|accept-language|cache-control|range)$/i
/** Those that are for the connection to set, and not for a model. */
const reserved =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|keep-alive|expect|proxy-.*|sec-.*|accept-encoding|user-agent)$/i
const isToken = (name: string) => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)

type Headers = Readonly<Record<string, string>>

const keep = (headers: Headers, isKept: (name: string) => boolean): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)))

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status)

export const layer = Layer.effect(
  Egress,
  Effect.gen(function* () {
    const audit = yield* Audit
    const redactor = yield* Redactor
    const resolver = yield* AddressResolver
    const { tools } = yield* Settings
    const rules: EgressRules = {
      allowedHosts: tools.allowed_hosts,
      opened: tools.http_allow_private
    }
    const hostOf = (text: string) => redactor.log(URL.parse(text)?.hostname ?? "").slice(0, 255)

    const refuse = (text: string) => (detail: string) => {
      const refusal = new EgressRefused({ host: hostOf(text), detail: redactor.outbound(detail) })
      return audit
        .record({
          action: "policy.refused",
          actor: "agent",
          subject: refusal.host,
          outcome: "refused",
          detail: { why: refusal.detail }
        })
        .pipe(
          Effect.catch((error) => Effect.logError("a refusal was not recorded", error)),
          Effect.andThen(Effect.fail(refusal))
        )
    }

    const addressesOf = ({ host, port }: Target) => {
      const literal = literalOf(host)
      if (literal !== undefined) return Effect.succeed([literal])
      return resolver.resolve({ host, port }).pipe(
        Effect.map(Arr.map(({ address }): NetAddress.IpAddress => address)),
        Effect.timeout(resolveWithin),
        Effect.mapError(
          () => new EgressFailed({ host, detail: `${redactor.outbound(host)} cannot be found.` })
        )
      )
    }

    /** One hop, and where it points to. */
    const hop = Effect.fnUntraced(function* (text: string, headers: Headers) {
      const target = yield* Result.match(targetOf(text, rules), {
        onFailure: refuse(text),
        onSuccess: Effect.succeed
      })
      const addresses = yield* addressesOf(target)
      const address = yield* Result.match(judgeAddresses(target, addresses, rules), {
        onFailure: refuse(text),
        onSuccess: Effect.succeed
      })
      return { target, answer: yield* request(target, address, headers) }
    })

    const get: Egress["Service"]["get"] = Effect.fn("Egress.get")(
      function* ({ headers, url }) {
        const odd = Object.entries(headers).find(
          ([name, value]) => reserved.test(name) || !isToken(name) || /[^\t\x20-\x7e]/.test(value)
        )
        if (odd !== undefined)
          return yield* refuse(url)(`The header ${odd[0].slice(0, 100)} cannot be set.`)
        let at = url
        let kept: Headers = headers
        for (let hops = 0; hops < mostHops; hops++) {
          const { answer, target } = yield* hop(at, {
            accept: "text/html, application/json, text/*;q=0.9, */*;q=0.5",
            ...kept,
            "user-agent": `Blufio/${packageJson.version}`,
            "accept-encoding": "gzip, br, deflate"
          })
          const next = answer.location === undefined ? null : URL.parse(answer.location, target.url)
          if (!isRedirect(answer.status) || next === null) {
            return {
              status: answer.status,
              url: target.url.href,
              contentType: answer.contentType,
              text: decodeText(answer.body, answer.contentType),
              isCut: answer.isCut
            }
          }
          if (target.isSecure && next.protocol !== "https:")
            return yield* refuse(next.href)(
              "A redirect from https: to something else is not followed."
            )
          if (next.origin !== target.url.origin) kept = keep(kept, (name) => anonymous.test(name))
          at = next.href
        }
        return yield* refuse(at)("There are too many redirects.")
      },
      (effect, { url }) =>
        Effect.timeoutOrElse(effect, {
          duration: totalTime,
          orElse: () =>
            Effect.fail(
              new EgressFailed({ host: hostOf(url), detail: `${hostOf(url)}: it took too long` })
            )
        })
    )

    return Egress.of({ get })
  })
)
