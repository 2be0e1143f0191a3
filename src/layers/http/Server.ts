// SPDX-License-Identifier: MIT OR Apache-2.0
/** The two doors to one API: the socket for its owner, the gateway's port for who proves to be let in. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as ByteSize from "effect/ByteSize"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { chmodSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { Server as NetServer } from "node:net"
import { createSecureContext } from "node:tls"
import { Api } from "../../api/Api.ts"
import type { SettingsData } from "../../domain/Settings.ts"
import { isLoopbackHost } from "../../domain/settings/loopback.ts"
import { ConfigInvalid, ConfigSource, Settings } from "../../services/Settings.ts"
import { mapLayerError } from "../mapLayerError.ts"
import * as AuditHandlers from "./AuditHandlers.ts"
import * as CronHandlers from "./CronHandlers.ts"
import * as DaemonHandlers from "./DaemonHandlers.ts"
import * as ErrorBodies from "./ErrorBodies.ts"
import * as guard from "./guard.ts"
import * as IdentityHandlers from "./IdentityHandlers.ts"
import { InstanceLock } from "./InstanceLock.ts"
import * as MessageHandlers from "./MessageHandlers.ts"
import * as MoneyHandlers from "./MoneyHandlers.ts"
import * as PairingHandlers from "./PairingHandlers.ts"
import * as refusals from "./refusals.ts"
import * as SessionHandlers from "./SessionHandlers.ts"
import * as SystemHandlers from "./SystemHandlers.ts"
import * as VaultHandlers from "./VaultHandlers.ts"

/** A door cannot be opened. */
export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", {
  where: Schema.String,
  code: Schema.String,
  hint: Schema.String
}) {
  override get message(): string {
    return `Cannot listen on ${this.where} (${this.code}). ${this.hint}`
  }
}

const cannotListen = (where: string, hint: string, { cause }: ServeError) =>
  new CannotListen({
    where,
    hint,
    code: Predicate.hasProperty(cause, "code") ? String(cause.code) : "unknown cause"
  })

/** Connections that are still open at a stop are cut after this; turns were drained before. */
const gracefulShutdownTimeout = "500 millis"
const maxBody = ByteSize.mebibytes(1)

const limits = Layer.succeed(HttpIncomingMessage.MaxBodySize, maxBody)

const handlers = Layer.mergeAll(
  AuditHandlers.layer,
  CronHandlers.layer,
  DaemonHandlers.layer,
  IdentityHandlers.authLayer,
  IdentityHandlers.layer,
  MessageHandlers.layer,
  MoneyHandlers.layer,
  PairingHandlers.layer,
  SessionHandlers.layer,
  SystemHandlers.layer,
  VaultHandlers.layer
)

const socketRoutes = Layer.merge(HttpApiBuilder.layer(Api), refusals.socket).pipe(
  Layer.provide(handlers),
  Layer.provide(ErrorBodies.layer),
  Layer.provide(limits)
)

const quiet = { disableListenLog: true, disableLogger: true } as const

export const socket = Layer.unwrap(
  Effect.map(InstanceLock, ({ path }) =>
    HttpRouter.serve(socketRoutes, quiet).pipe(
      Layer.provide(
        NodeHttpServer.layer(createServer, { path, gracefulShutdownTimeout }).pipe(
          Layer.tap(() => Effect.sync(() => chmodSync(path, 0o600)))
        )
      ),
      mapLayerError((error) =>
        cannotListen(path, "Is another Blufio starting? Ask blufio status.", error)
      )
    )
  )
)

/** A router of its own: layers are shared by identity, and the doors must not share their routes. */
const gatewayRouter = Layer.effect(HttpRouter.HttpRouter, HttpRouter.make)

const gatewayRoutes = Layer.mergeAll(HttpApiBuilder.layer(Api), refusals.gateway, guard.layer).pipe(
  Layer.provide(handlers),
  Layer.provide(ErrorBodies.layer),
  Layer.provide(limits),
  Layer.provideMerge(gatewayRouter)
)

/** Where the gateway listens in fact: its port may be any free one. */
export class GatewayAddress extends Context.Service<GatewayAddress, { readonly url: string }>()(
  "blufio/layers/http/Server/GatewayAddress"
) {}

const gatewayAddress = (scheme: string) =>
  Layer.effect(
    GatewayAddress,
    Effect.map(HttpServer.HttpServer, ({ address }) =>
      GatewayAddress.of({ url: HttpServer.formatAddress(address).replace(/^http/, scheme) })
    )
  )

/** Who connects and says nothing is not waited for. */
const bounds = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  connectionsCheckingInterval: 2000
} as const
const mostConnections = 512

const limited = <S extends NetServer>(server: S): S => {
  server.maxConnections = mostConnections
  return server
}

type TlsFiles = Pick<SettingsData["gateway"], "tls_cert" | "tls_key">

/** Faults of the configuration: it names the files. */
const tlsFiles = Effect.fnUntraced(function* (named: TlsFiles) {
  // An embedder may bring settings that come from nowhere.
  const source = yield* Effect.serviceOption(ConfigSource)
  const path = Option.flatMap(source, ({ path }) => path)
  const file = Option.getOrElse(path, () => "environment")
  const invalid = (key: keyof TlsFiles, problem: string) =>
    new ConfigInvalid({
      faults: [{ file, key: `gateway.${key}`, expected: `${named[key]} ${problem}` }]
    })
  const read = (key: keyof TlsFiles) =>
    Effect.try({
      try: () => readFileSync(named[key]),
      catch: () => invalid(key, "is not there, or may not be read")
    })
  const cert = yield* read("tls_cert")
  const key = yield* read("tls_key")
  const check = (given: keyof TlsFiles, what: string, context: Readonly<Record<string, Buffer>>) =>
    Effect.try({
      try: () => createSecureContext(context),
      catch: () => invalid(given, `is no ${what} in PEM`)
    })
  yield* check("tls_cert", "certificate", { cert })
  yield* check("tls_key", "private key", { key })
  yield* check("tls_key", "key of gateway.tls_cert's certificate", { cert, key })
  return { cert, key }
})

/** Both files, or neither: then it speaks plain HTTP, and to this machine only. */
const serverOf = Effect.fnUntraced(function* (gateway: SettingsData["gateway"]) {
  const { host, port, tls_cert, tls_key } = gateway
  const where = `${host}:${port}`
  if (tls_cert === "") {
    // The rules of the settings say so too; an embedder may bring settings of its own.
    if (!isLoopbackHost(host))
      return yield* new CannotListen({
        where,
        code: "no TLS",
        hint: "A host other than loopback needs gateway.tls_cert and gateway.tls_key."
      })
    return { scheme: "http", create: () => limited(createServer(bounds)) }
  }
  const files = yield* tlsFiles({ tls_cert, tls_key })
  return {
    scheme: "https",
    create: () => limited(createSecureServer({ ...bounds, ...files, minVersion: "TLSv1.2" }))
  }
})

const openGateway = Effect.fnUntraced(function* (gateway: SettingsData["gateway"]) {
  const { host, port } = gateway
  const { create, scheme } = yield* serverOf(gateway)
  return HttpRouter.serve(gatewayRoutes, quiet).pipe(
    Layer.merge(gatewayAddress(scheme)),
    Layer.provide(NodeHttpServer.layer(create, { host, port, gracefulShutdownTimeout })),
    mapLayerError((error) =>
      cannotListen(`${host}:${port}`, "Choose another gateway.port, or stop what holds it.", error)
    )
  )
})

export const gateway = Layer.unwrap(Effect.flatMap(Settings, ({ gateway }) => openGateway(gateway)))
