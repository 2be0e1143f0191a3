// SPDX-License-Identifier: MIT OR Apache-2.0
/** Where an address in writing leads, as far as can be said without asking the network. */
import * as NetAddress from "effect/net/NetAddress"
import type { IpNetwork } from "effect/net/IpNetwork"
import * as Result from "effect/Result"
import { isLoopback, standingOf } from "./addresses.ts"

export interface EgressRules {
  /** `*`, a name, or `*.` and a name for those below it. */
  readonly allowedHosts: ReadonlyArray<string>
  readonly opened: ReadonlyArray<IpNetwork>
}

export interface Target {
  readonly url: URL
  /** In lower case and ASCII, without brackets and without the dot at the end. */
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
}

/** What stands in the way, in words for the model and the person. */
export type Judged<A> = Result.Result<A, string>

const publicPorts: ReadonlySet<number> = new Set([443, 8443])
const longestUrl = 8192

const bare = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "")

const isAllowed = (host: string, patterns: ReadonlyArray<string>): boolean =>
  patterns.some((pattern) => {
    if (pattern === "*") return true
    const suffix = pattern.startsWith("*.") ? pattern.slice(1) : undefined
    const wanted = bare(URL.parse(`https://${suffix?.slice(1) ?? pattern}`)?.hostname ?? pattern)
    return suffix === undefined ? host === wanted : host.endsWith(`.${wanted}`)
  })

/** Odd spellings of a host are what the URL standard makes of them: `0x7f.1` is 127.0.0.1. */
export const targetOf = (text: string, { allowedHosts }: EgressRules): Judged<Target> => {
  const url = text.length <= longestUrl ? URL.parse(text) : null
  if (url === null) return Result.fail("This is no address that can be read.")
  if (url.protocol !== "https:" && url.protocol !== "http:")
    return Result.fail("Only https: addresses are fetched.")
  if (url.username !== "" || url.password !== "")
    return Result.fail("An address with a user name or a password in it is not fetched.")
  const host = bare(url.hostname)
  if (host === "") return Result.fail("The address names no host.")
  if (!isAllowed(host, allowedHosts))
    return Result.fail(`${host} is not among the hosts of tools.allowed_hosts.`)
  const isSecure = url.protocol === "https:"
  const port = url.port === "" ? (isSecure ? 443 : 80) : Number(url.port)
  return Result.succeed({ url, host, port, isSecure })
}

/** A host that is an address already. */
export const literalOf = (host: string): NetAddress.IpAddress | undefined =>
  Result.getOrUndefined(NetAddress.ipFromString(host))

/** Every address that a host has must be fit: which one is used is not for the host to choose. */
export const judgeAddresses = (
  { host, isSecure, port }: Target,
  addresses: ReadonlyArray<NetAddress.IpAddress>,
  { opened }: EgressRules
): Judged<NetAddress.IpAddress> => {
  const first = addresses[0]
  if (first === undefined) return Result.fail(`${host} has no address.`)
  const standings = addresses.map((address) => standingOf(address, opened))
  if (standings.includes("closed"))
    return Result.fail(
      `${host} leads to an address that is not on the open internet. ` +
        "The owner can open networks with tools.http_allow_private."
    )
  const isOpened = standings.every((standing) => standing === "opened")
  if (!isSecure && !(isOpened && addresses.every(isLoopback)))
    return Result.fail("Plain http: is for this machine itself only. Use https:.")
  if (!isOpened && !publicPorts.has(port))
    return Result.fail(`Port ${port} is not fetched from: only ${[...publicPorts].join(" and ")}.`)
  return Result.succeed(first)
}
