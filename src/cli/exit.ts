// SPDX-License-Identifier: MIT OR Apache-2.0
/** How a run of the program ends: what is told on stderr, and the exit codes of contract 2. */
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { printable } from "../domain/printable.ts"
import { redact } from "../domain/redaction/scan.ts"

export const ExitCode = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  configInvalid: 3,
  vaultLocked: 4,
  noDaemon: 5,
  refused: 6,
  /** By Ctrl-C at a question, as shells have it. */
  cancelled: 130
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** What was asked for makes no sense; `detail` is for the person who typed it. */
export class WrongUsage extends Schema.TaggedError<WrongUsage>()("WrongUsage", {
  detail: Schema.String
}) {
  override get message(): string {
    return this.detail
  }
}

/** The command has printed what there is to say; only the exit code is left. */
export class AlreadyTold extends Schema.TaggedError<AlreadyTold>()("AlreadyTold", {
  exitCode: Schema.Literals([1, 2, 3, 4, 5, 6])
}) {}

const isAlreadyTold = Schema.is(AlreadyTold)

const byTag: Readonly<Record<string, ExitCode>> = {
  WrongUsage: ExitCode.wrongUsage,
  ConfigInvalid: ExitCode.configInvalid,
  VaultLocked: ExitCode.vaultLocked,
  WrongPassphrase: ExitCode.vaultLocked,
  VaultDamaged: ExitCode.vaultLocked,
  PassphraseUnreadable: ExitCode.vaultLocked,
  NoDaemon: ExitCode.noDaemon,
  BudgetExceeded: ExitCode.refused,
  PermissionDenied: ExitCode.refused,
  ApprovalDenied: ExitCode.refused,
  NoPassphrase: ExitCode.vaultLocked,
  Cancelled: ExitCode.cancelled
}

/** An error's own code, or 1. Asking for help without an error is success. */
export const exitCodeOf = (error: unknown): ExitCode => {
  if (isAlreadyTold(error)) return error.exitCode
  if (CliError.isCliError(error)) {
    const isHelp = error._tag === "ShowHelp" && error.errors.length === 0
    return isHelp ? ExitCode.done : ExitCode.wrongUsage
  }
  const tag = Predicate.hasProperty(error, "_tag") ? error._tag : undefined
  return typeof tag === "string" && Object.hasOwn(byTag, tag)
    ? (byTag[tag] ?? ExitCode.failed)
    : ExitCode.failed
}

const codeOfCause = (cause: Cause.Cause<unknown>): ExitCode =>
  Option.match(Cause.findErrorOption(cause), {
    onSome: exitCodeOf,
    onNone: () => (Cause.hasInterruptsOnly(cause) ? ExitCode.done : ExitCode.failed)
  })

/** A stop that was asked for (SIGTERM, SIGINT) is a success. */
export const teardown: Runtime.Teardown = (exit, onExit) =>
  onExit(Exit.isSuccess(exit) ? ExitCode.done : codeOfCause(exit.cause))

const sentence = (error: unknown): string => {
  if (Predicate.hasProperty(error, "message") && error.message !== "") return String(error.message)
  return String(Predicate.hasProperty(error, "_tag") ? error._tag : error)
}

/** Tells on stderr why a run failed: an error's message, or a bug in full. */
export const tell = <E>(cause: Cause.Cause<E>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  return Option.match(Cause.findErrorOption(cause), {
    onNone: () => Console.error(redact(printable(Cause.pretty(cause)))),
    onSome: (error) =>
      CliError.isCliError(error) || isAlreadyTold(error)
        ? Effect.void
        : Console.error(redact(printable(sentence(error))))
  })
}
