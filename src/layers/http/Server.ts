// SPDX-License-Identifier: MIT OR Apache-2.0
/** The two doors: the whole API on the socket, liveness and readiness on the gateway's port. */
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
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { chmodSync } from "node:fs"
import { createServer } from "node:http"
import { Api, PublicApi } from "../../api/Api.ts"
import { isLoopbackHost } from "../../domain/settings/loopback.ts"
import { Settings } from "../../services/Settings.ts"
import { mapLayerError } from "../mapLayerError.ts"
import * as AuditHandlers from "./AuditHandlers.ts"
import * as DaemonHandlers from "./DaemonHandlers.ts"
import * as ErrorBodies from "./ErrorBodies.ts"
import { InstanceLock } from "./InstanceLock.ts"
import * as MessageHandlers from "./MessageHandlers.ts"
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

const socketRoutes = Layer.merge(HttpApiBuilder.layer(Api), refusals.socket).pipe(
  Layer.provide([
    AuditHandlers.layer,
    DaemonHandlers.layer,
    MessageHandlers.layer,
    PairingHandlers.layer,
    SessionHandlers.layer,
    SystemHandlers.layer,
    VaultHandlers.layer
  ]),
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
const publicRouter = Layer.effect(HttpRouter.HttpRouter, HttpRouter.make)

const publicRoutes = Layer.merge(HttpApiBuilder.layer(PublicApi), refusals.gateway).pipe(
  Layer.provide(SystemHandlers.publicLayer),
  Layer.provideMerge(publicRouter)
)

/** Where the gateway listens in fact: its port may be any free one. */
export class GatewayAddress extends Context.Service<GatewayAddress, { readonly url: string }>()(
  "blufio/layers/http/Server/GatewayAddress"
) {}

const gatewayAddress = Layer.effect(
  GatewayAddress,
  Effect.map(HttpServer.HttpServer, ({ address }) =>
    GatewayAddress.of({ url: HttpServer.formatAddress(address) })
  )
)

const openGateway = (host: string, port: number) =>
  HttpRouter.serve(publicRoutes, quiet).pipe(
    Layer.merge(gatewayAddress),
    Layer.provide(NodeHttpServer.layer(createServer, { host, port, gracefulShutdownTimeout })),
    mapLayerError((error) =>
      cannotListen(`${host}:${port}`, "Choose another gateway.port, or stop what holds it.", error)
    )
  )

/** Nothing is ever served in the clear beyond this machine (SEC-10), and TLS is not built yet. */
const loopbackOnly = Effect.fnUntraced(function* (host: string) {
  if (isLoopbackHost(host)) return
  return yield* new CannotListen({
    where: host,
    code: "no TLS",
    hint: 'This version serves the port on this machine only: set gateway.host = "127.0.0.1".'
  })
})

export const gateway = Layer.unwrap(
  Effect.gen(function* () {
    const { gateway } = yield* Settings
    yield* loopbackOnly(gateway.host)
    return openGateway(gateway.host, gateway.port)
  })
)
