// SPDX-License-Identifier: MIT OR Apache-2.0
/** Tells hosts that never leave this machine from all others. */
import * as Result from "effect/Result"
import * as NetAddress from "effect/net/NetAddress"

/** `localhost`, 127.0.0.0/8 or ::1, with or without the brackets that URLs put around IPv6. */
export const isLoopbackHost = (host: string): boolean => {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase()
  if (bare === "localhost") return true
  return Result.match(NetAddress.ipFromString(bare), {
    onFailure: () => false,
    onSuccess: (address) => NetAddress.isLoopback(address)
  })
}
