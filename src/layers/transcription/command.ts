// SPDX-License-Identifier: MIT OR Apache-2.0
/** Transcribes with a program of the owner's: no shell, none of our secrets, gone when not needed. */
import * as Effect from "effect/Effect"
import type * as PlatformError from "effect/PlatformError"
import * as ChildProcess from "effect/process/ChildProcess"
import { ChildProcessSpawner } from "effect/process/ChildProcessSpawner"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { oneLine } from "../../domain/printable.ts"
import { type Recording, TranscriptionFailed } from "../../services/Transcriber.ts"
import { Environment } from "../config/Environment.ts"
import { decodeUtf8, mostBytes, spokenMost } from "./limits.ts"

/** Of what it complains about, the end is kept. */
const keptComplaint = 8 * 1024
/** Something that it left behind may hold its output open. */
const closeWithin = "1 second"

const failed = (why: TranscriptionFailed["why"], detail = "") =>
  new TranscriptionFailed({ why, detail })

const whyNotStarted = ({ reason }: PlatformError.PlatformError) =>
  reason._tag === "NotFound"
    ? ("NotFound" as const)
    : reason._tag === "PermissionDenied"
      ? ("NotExecutable" as const)
      : ("Exited" as const)

const lastLine = (bytes: Uint8Array): string => {
  const lines = new TextDecoder().decode(bytes).split(/[\r\n]+/)
  return oneLine(lines.findLast((line) => line.trim() !== "") ?? "").slice(0, 300)
}

/** The program and its first arguments; the recording's path comes last. */
export const make = Effect.fnUntraced(function* ([program = "", ...args]: ReadonlyArray<string>) {
  const spawner = yield* ChildProcessSpawner
  const home = yield* Effect.scope
  const { HOME, LANG, PATH } = yield* Environment
  const options: ChildProcess.CommandOptions = {
    env: { HOME, LANG, PATH },
    stdin: "ignore",
    // It has nothing to tidy up. The signal goes to its whole process group.
    killSignal: "SIGKILL"
  }

  /** Nobody waits until its dead are buried: that may take a second where init is slow. */
  const ended = <A, E>(use: Effect.Effect<A, E, Scope.Scope>) =>
    Effect.acquireUseRelease(
      Scope.make(),
      (scope) => Scope.provide(use, scope),
      (scope, exit) =>
        Effect.forkIn(Effect.uninterruptible(Scope.close(scope, exit)), home, {
          // The signal goes out before anything else, also while the whole program ends.
          startImmediately: true
        })
    )

  return Effect.fn("transcription.command")(function* ({
    path
  }: Recording): Effect.fn.Return<string, TranscriptionFailed, Scope.Scope> {
    const child = yield* spawner
      .spawn(ChildProcess.make(program, [...args, path], options))
      .pipe(
        Effect.mapError((error) =>
          failed(
            whyNotStarted(error),
            error.reason._tag === "NotFound" || error.reason._tag === "PermissionDenied"
              ? program
              : `${program} cannot be started`
          )
        )
      )
    let printed: Uint8Array = new Uint8Array()
    let complaint: Uint8Array = new Uint8Array()
    const read = Stream.runForEach(child.stdout, (chunk) => {
      printed = Buffer.concat([printed, chunk])
      return printed.length > mostBytes ? Effect.fail(failed("TooMuch", spokenMost)) : Effect.void
    })
    const listen = Stream.runForEach(child.stderr, (chunk) =>
      Effect.sync(
        () => void (complaint = Buffer.concat([complaint, chunk]).subarray(-keptComplaint))
      )
    )
    const closed = Effect.andThen(Effect.exit(child.exitCode), Effect.sleep(closeWithin))
    yield* Effect.all([Effect.raceFirst(read, closed), Effect.raceFirst(listen, closed)], {
      concurrency: "unbounded"
    }).pipe(Effect.catchTag("PlatformError", () => Effect.void))
    const code = yield* Effect.mapError(child.exitCode, () => failed("Killed"))
    if (code !== 0) {
      const said = lastLine(complaint)
      return yield* failed("Exited", `it ended with ${code}${said === "" ? "" : `: ${said}`}`)
    }
    const text = decodeUtf8(printed)
    return text ?? (yield* failed("NotText"))
  }, ended)
})
