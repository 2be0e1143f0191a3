// SPDX-License-Identifier: MIT OR Apache-2.0
/** One request to one address that was checked: nothing is resolved again, nothing followed. */
import * as Effect from "effect/Effect"
import * as NetAddress from "effect/net/NetAddress"
import type { IncomingMessage } from "node:http"
import * as http from "node:http"
import * as https from "node:https"
import { pipeline, type Readable } from "node:stream"
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib"
import { literalOf, type Target } from "../../domain/egress/target.ts"
import { EgressFailed } from "../../services/Egress.ts"

export interface Answer {
  readonly status: number
  readonly location: string | undefined
  readonly contentType: string
  readonly body: Buffer
  /** More came than was taken. */
  readonly isCut: boolean
}

/** Of the body, after it was unpacked. */
const mostBytes = 2 * 1024 * 1024
const mostHeaderBytes = 32 * 1024
/** Nothing comes for so long: it is given up. */
const silence = 15_000

const unpacked = (response: IncomingMessage): Readable => {
  const coding = response.headers["content-encoding"]?.trim().toLowerCase()
  const decoder =
    coding === "gzip" || coding === "x-gzip"
      ? createGunzip()
      : coding === "br"
        ? createBrotliDecompress()
        : coding === "deflate"
          ? createInflate()
          : undefined
  return decoder === undefined ? response : pipeline(response, decoder, () => undefined)
}

const canonical = (address: NetAddress.IpAddress) =>
  NetAddress.formatIp(NetAddress.toCanonical(address))

const isSame = (remote: string, address: NetAddress.IpAddress): boolean => {
  const parsed = literalOf(remote)
  return parsed !== undefined && canonical(parsed) === canonical(address)
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens on this port",
  ECONNRESET: "it closed the connection",
  EPIPE: "it closed the connection",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "it cannot be reached",
  ENETUNREACH: "it cannot be reached",
  EPROTO: "it does not speak TLS: is the scheme right?",
  HPE_HEADER_OVERFLOW: "its headers are too large",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is another host's",
  Z_DATA_ERROR: "its answer is damaged",
  Z_BUF_ERROR: "its answer is damaged"
}
const isAboutTrust = /CERT|SELF_SIGNED|UNABLE_TO/

/** What went wrong with a connection, in words. */
export const reasonOf = ({ code = "" }: NodeJS.ErrnoException): string => {
  const known =
    sentences[code] ??
    (/^ERR_SSL_|WRONG_VERSION/.test(code) ? sentences["EPROTO"] : undefined) ??
    (code.startsWith("HPE_") ? "it does not answer in HTTP" : undefined) ??
    (isAboutTrust.test(code) ? "its certificate is not to be trusted" : undefined)
  return known ?? "the connection failed"
}

/** Interruption closes the connection. */
export const request = (
  { host, isSecure, port, url }: Target,
  address: NetAddress.IpAddress,
  headers: Readonly<Record<string, string>>
) =>
  Effect.callback<Answer, EgressFailed>((resume) => {
    const failed = (detail: string) =>
      resume(Effect.fail(new EgressFailed({ host, detail: `${host}: ${detail}` })))
    const ip = NetAddress.formatIp(address)
    const family = NetAddress.isIpv4Address(address) ? 4 : 6
    const sent = (isSecure ? https : http).request(
      {
        host,
        port,
        path: url.pathname + url.search,
        method: "GET",
        headers: { ...headers, host: url.host },
        agent: false,
        maxHeaderSize: mostHeaderBytes,
        timeout: silence,
        // An address has no name to prove, and a name proves itself by its certificate.
        ...(literalOf(host) === undefined ? { servername: host } : {}),
        lookup: (_host, options, answer) => {
          if (options.all === true) answer(null, [{ address: ip, family }])
          else answer(null, ip, family)
        }
      },
      (response) => {
        // Whatever happened in between, this is who answers.
        const remote = response.socket.remoteAddress
        if (remote === undefined || !isSame(remote, address)) {
          sent.destroy()
          return failed("the connection led elsewhere")
        }
        const { location } = response.headers
        const finish = (body: Buffer, isCut: boolean) => {
          resume(
            Effect.succeed({
              status: response.statusCode ?? 0,
              location,
              contentType: response.headers["content-type"] ?? "",
              body,
              isCut
            })
          )
          sent.destroy()
        }
        const chunks: Array<Buffer> = []
        let length = 0
        const body = unpacked(response)
        body.on("data", (chunk: Buffer) => {
          chunks.push(chunk)
          length += chunk.length
          if (length > mostBytes) finish(Buffer.concat(chunks).subarray(0, mostBytes), true)
        })
        body.on("end", () => finish(Buffer.concat(chunks), false))
        body.on("error", (error: NodeJS.ErrnoException) => failed(reasonOf(error)))
        response.on("aborted", () => failed("the answer broke off"))
      }
    )
    sent.on("upgrade", (_response, socket) => {
      socket.destroy()
      failed("it wants to speak something else than HTTP")
    })
    sent.on("timeout", () => {
      sent.destroy()
      failed("no answer")
    })
    sent.on("error", (error: NodeJS.ErrnoException) => failed(reasonOf(error)))
    sent.end()
    return Effect.sync(() => sent.destroy())
  })
