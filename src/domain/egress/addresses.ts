// SPDX-License-Identifier: MIT OR Apache-2.0
/** Which addresses lie on the open internet, and which within somebody's network (SEC-09). */
import * as Option from "effect/Option"
import * as IpNetwork from "effect/net/IpNetwork"
import * as NetAddress from "effect/net/NetAddress"

const networks = (...texts: ReadonlyArray<string>) => texts.map(IpNetwork.fromStringUnsafe)

/** IANA's special-purpose addresses of IPv4 that are not for everybody, multicast, and one more. */
const closedIpv4 = networks(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // A cloud's own services answer here, to its machines only.
  "168.63.129.16/32"
)

/** All that IPv6 has for the open internet … */
const globalIpv6 = networks("2000::/3")
/** … without what is for protocols, examples, and tunnels that lead to IPv4 (Teredo, 6to4). */
const closedIpv6 = networks("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

/** IPv4 by way of a translator (RFC 6052): the last four bytes are the address meant. */
const translated = networks("64:ff9b::/96")

const isIn = (address: NetAddress.IpAddress, list: ReadonlyArray<IpNetwork.IpNetwork>): boolean =>
  list.some((network) => IpNetwork.contains(network, address))

const translatedIpv4 = (address: NetAddress.Ipv6Address): NetAddress.IpAddress =>
  NetAddress.ipv4FromBytesUnsafe(Uint8Array.from(NetAddress.ipv6ToOctets(address).slice(12)))

const isPublic = (address: NetAddress.IpAddress): boolean => {
  if (NetAddress.isIpv4Address(address)) return !isIn(address, closedIpv4)
  if (isIn(address, translated)) return isPublic(translatedIpv4(address))
  return isIn(address, globalIpv6) && !isIn(address, closedIpv6)
}

/** IPv4 in the clothes of IPv6 (`::ffff:a.b.c.d`) is IPv4. */
const plain = (address: NetAddress.IpAddress): NetAddress.IpAddress =>
  NetAddress.isIpv6Address(address)
    ? Option.getOrElse(NetAddress.fromIpv4Mapped(address), () => address)
    : address

export type Standing = "public" | "opened" | "closed"

/** `opened`: the networks of `tools.http_allow_private`, which mean what they say and no more. */
export const standingOf = (
  address: NetAddress.IpAddress,
  opened: ReadonlyArray<IpNetwork.IpNetwork>
): Standing => {
  const meant = plain(address)
  if (isIn(meant, opened)) return "opened"
  return isPublic(meant) ? "public" : "closed"
}

export const isLoopback = (address: NetAddress.IpAddress): boolean =>
  NetAddress.isLoopback(plain(address))
