// SPDX-License-Identifier: MIT OR Apache-2.0
/** The production graph: the only file that decides which adapter implements which port. */
import * as NodeAddressResolver from "@effect/platform-node/NodeAddressResolver"
import * as NodeDns from "@effect/platform-node/NodeDns"
import * as Clock from "effect/Clock"
import * as Digest from "effect/crypto/Digest"
import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { memoryUsage, pid } from "node:process"
import packageJson from "../../package.json" with { type: "json" }
import { Attachments } from "../services/Attachments.ts"
import { Auth } from "../services/Auth.ts"
import { Budget } from "../services/Budget.ts"
import { ChannelHealth } from "../services/ChannelHealth.ts"
import { Compactor } from "../services/Compactor.ts"
import { Condenser } from "../services/context/Condenser.ts"
import { ContextEngine } from "../services/ContextEngine.ts"
import { Control } from "../services/Control.ts"
import { Heartbeat } from "../services/Heartbeat.ts"
import { KeyCheck } from "../services/KeyCheck.ts"
import { Identities } from "../services/Identities.ts"
import { Identity } from "../services/Identity.ts"
import { Inbox } from "../services/Inbox.ts"
import { LogRing } from "../services/LogRing.ts"
import { ModelCall } from "../services/ModelCall.ts"
import { Notices } from "../services/Notices.ts"
import { Outbox } from "../services/Outbox.ts"
import { Questions } from "../services/Questions.ts"
import { Readiness } from "../services/Readiness.ts"
import { Redactor } from "../services/Redactor.ts"
import { Reports } from "../services/Reports.ts"
import { Router } from "../services/Router.ts"
import { When } from "../services/schedule/When.ts"
import { ScheduleRuns } from "../services/ScheduleRuns.ts"
import { Schedules } from "../services/Schedules.ts"
import { Sessions } from "../services/Sessions.ts"
import { SpendingWatch } from "../services/SpendingWatch.ts"
import { Status } from "../services/Status.ts"
import { Turn } from "../services/Turn.ts"
import { Hearing } from "../services/turn/Hearing.ts"
import { ModelSteps } from "../services/turn/ModelSteps.ts"
import { Replies } from "../services/turn/Replies.ts"
import { ReceivedFiles } from "../services/turn/ReceivedFiles.ts"
import { RoutedCall } from "../services/turn/RoutedCall.ts"
import { ToolSteps } from "../services/turn/ToolSteps.ts"
import { Usage } from "../services/Usage.ts"
import { TurnEvents } from "../services/TurnEvents.ts"
import * as CandidateSecrets from "./CandidateSecrets.ts"
import * as ChannelRegistry from "./ChannelRegistry.ts"
import * as ChronoDatePhrases from "./ChronoDatePhrases.ts"
import * as Server from "./http/Server.ts"
import * as DeviceKeyFile from "./DeviceKeyFile.ts"
import * as GuardedEgress from "./egress/GuardedEgress.ts"
import * as NodeEd25519 from "./NodeEd25519.ts"
import * as NodeKeyedHash from "./NodeKeyedHash.ts"
import * as Observability from "./Observability.ts"
import * as PersonaFiles from "./PersonaFiles.ts"
import * as ProviderRegistry from "./ProviderRegistry.ts"
import * as Database from "./sqlite/Database.ts"
import * as WorkspaceChecklist from "./WorkspaceChecklist.ts"
import * as TranscriptionHook from "./transcription/TranscriptionHook.ts"
import * as WorkspaceFiles from "./WorkspaceFiles.ts"
import * as WorkspaceOutgoing from "./WorkspaceOutgoing.ts"
import * as BuiltinTools from "./tools/BuiltinTools.ts"
import * as AesVault from "./vault/AesVault.ts"
import * as opening from "./vault/opening.ts"
import * as VaultSecrets from "./VaultSecrets.ts"

export type Command = "serve" | "shell"

const process = (command: Command) =>
  Layer.effect(
    Identity,
    Effect.map(Clock.currentTimeMillis, (startedAt) =>
      Identity.of({
        pid,
        version: packageJson.version,
        command,
        startedAt,
        memoryBytes: () => memoryUsage.rss()
      })
    )
  )

/** The doors first, then logs that pass through them. */
const foundation = Observability.layer.pipe(
  Layer.provideMerge(Redactor.layer),
  Layer.provideMerge(NodeKeyedHash.layer),
  Layer.provideMerge(LogRing.layer),
  Layer.provideMerge(Digest.layerWebCrypto),
  Layer.provideMerge(SecureRandom.layerWebCrypto)
)

/** What is tried before it is stored. */
const candidateSecrets = CandidateSecrets.layer.pipe(
  Layer.provideMerge(AesVault.layer("owner")),
  Layer.provideMerge(Database.locked)
)

/** The vault is opened before anything looks for a key. */
const secrets = VaultSecrets.layer.pipe(
  Layer.provideMerge(opening.layer),
  Layer.provideMerge(AesVault.layer("daemon")),
  Layer.provideMerge(Database.locked)
)

const identity = Auth.layer.pipe(
  Layer.provideMerge(Identities.layer),
  Layer.provideMerge(NodeEd25519.layer)
)

const agent = Compactor.layer.pipe(
  Layer.provide(Condenser.layer),
  Layer.provideMerge(Layer.mergeAll(ContextEngine.layer, ModelCall.layer, Router.layer)),
  Layer.provideMerge(Budget.layer),
  Layer.provideMerge(ProviderRegistry.layer),
  Layer.provideMerge(BuiltinTools.layer),
  Layer.provideMerge(Outbox.layer.pipe(Layer.provideMerge(WorkspaceOutgoing.layer))),
  Layer.provide(GuardedEgress.layer),
  Layer.provide(NodeAddressResolver.layer),
  Layer.provide(NodeDns.layer),
  Layer.provideMerge(
    Schedules.layer.pipe(Layer.provide(When.layer), Layer.provide(ChronoDatePhrases.layer))
  ),
  Layer.provideMerge(PersonaFiles.layer)
)

const hearing = Hearing.layer.pipe(Layer.provide(TranscriptionHook.layer))

const turns = Turn.layer.pipe(
  Layer.provide([ModelSteps.layer, ToolSteps.layer]),
  Layer.provide(ReceivedFiles.layer.pipe(Layer.provide([WorkspaceFiles.layer, hearing]))),
  Layer.provide(RoutedCall.layer),
  Layer.provideMerge(Layer.mergeAll(Replies.layer, Notices.layer)),
  Layer.provideMerge(Questions.layer),
  Layer.provideMerge(TurnEvents.layer)
)

const heartbeat = Heartbeat.layer.pipe(Layer.provide(WorkspaceChecklist.layer))

/** Everything but the doors: what a turn needs, from the inbox to the outbox. */
export const core = (command: Command) =>
  ChannelRegistry.pollers(command).pipe(
    Layer.provideMerge(Inbox.layer),
    Layer.provideMerge(Control.layer),
    Layer.provideMerge(Layer.mergeAll(Readiness.layer, Reports.layer)),
    Layer.provideMerge(Layer.mergeAll(Status.layer, Usage.layer, SpendingWatch.layer)),
    Layer.provideMerge(Layer.mergeAll(ScheduleRuns.layer, heartbeat)),
    Layer.provideMerge(Sessions.layerLocal),
    Layer.provideMerge(identity),
    Layer.provideMerge(turns),
    Layer.provideMerge(agent),
    Layer.provideMerge(ChannelRegistry.channels(command)),
    Layer.provideMerge(Layer.mergeAll(Attachments.layer, ChannelHealth.layer, process(command))),
    Layer.provideMerge(secrets),
    Layer.provideMerge(foundation)
  )

/** For setting up: the vault and what tries its keys; no doors, no sessions. */
export const initLayer = Layer.mergeAll(
  KeyCheck.layer.pipe(Layer.provide(ModelCall.layer), Layer.provide(Budget.layer)),
  DeviceKeyFile.layer
).pipe(
  Layer.provideMerge(ProviderRegistry.layer),
  Layer.provideMerge(identity),
  Layer.provideMerge(candidateSecrets),
  Layer.provideMerge(foundation)
)

/** The running agent with both its doors open. */
export const serveLayer = Server.gateway.pipe(
  Layer.provideMerge(Server.socket),
  Layer.provideMerge(core("serve"))
)

/** For a shell that runs the agent itself: the socket only. */
export const shellLayer = Server.socket.pipe(Layer.provideMerge(core("shell")))
