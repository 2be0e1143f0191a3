// SPDX-License-Identifier: MIT OR Apache-2.0
/** The `blufio` program: every command, and how the process ends. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import packageJson from "../../package.json" with { type: "json" }
import * as audit from "./audit.ts"
import * as config from "./config.ts"
import { teardown, tell } from "./exit.ts"
import { globalFlags } from "./globals.ts"
import * as cron from "./cron.ts"
import * as device from "./device.ts"
import * as help from "./help.ts"
import * as init from "./init.ts"
import * as key from "./key.ts"
import * as logs from "./logs.ts"
import * as pairing from "./pairing.ts"
import * as presenter from "./presenter.ts"
import * as secret from "./secret.ts"
import * as serve from "./serve.ts"
import * as session from "./session.ts"
import * as shell from "./shell.ts"
import * as status from "./status.ts"
import * as usage from "./usage.ts"

export const blufio = Command.make("blufio").pipe(
  Command.withDescription("An always-on personal AI agent"),
  Command.withSubcommands([
    init.command,
    audit.command,
    serve.command,
    shell.command,
    status.command,
    logs.command,
    key.command,
    device.command,
    config.command,
    pairing.command,
    secret.command,
    session.command,
    usage.usageCommand,
    usage.budgetCommand,
    help.command,
    cron.command
  ]),
  Command.withGlobalFlags(globalFlags)
)

/** Stdout is for what was asked for. */
const logsOnStderr = Layer.succeed(Logger.LogToStderr, true)

if (import.meta.main) {
  Command.run(blufio, { version: packageJson.version }).pipe(
    Effect.tapCause(tell),
    Effect.provide(Layer.mergeAll(NodeServices.layer, presenter.layer, logsOnStderr)),
    NodeRuntime.runMain({ teardown, disableErrorReporting: true })
  )
}
