// SPDX-License-Identifier: MIT OR Apache-2.0
/** The workspace on disk. Nothing in it, no link either, leads a file that is received out of it. */
import { SecureRandom } from "effect/crypto/SecureRandom"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type { PlatformError } from "effect/PlatformError"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { sniff } from "../domain/files/sniff.ts"
import { Settings } from "../services/Settings.ts"
import { workspacePath } from "./workspacePath.ts"
import {
  receivedDirectory as directory,
  type Saved,
  Workspace,
  WorkspaceFailed
} from "../services/Workspace.ts"
import { newId } from "./sqlite/newId.ts"

/** Of a file that is not complete. */
const unfinished = ".part"
/** So much of a file is looked at to find what it is. */
const headBytes = 256 * 1024

const failed = (error: PlatformError) => new WorkspaceFailed({ detail: error.reason._tag })

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const random = yield* SecureRandom
  const workspace = workspacePath(yield* Settings)
  const received = join(workspace, directory)

  /** The directory itself and no link in its place; made where there is none. */
  const place = Effect.gen(function* () {
    yield* fs.makeDirectory(workspace, { recursive: true, mode: 0o700 })
    yield* fs.makeDirectory(received, { mode: 0o700 }).pipe(
      Effect.catchIf(
        (error) => error.reason._tag === "AlreadyExists",
        () => Effect.void
      )
    )
    const root = yield* fs.realPath(workspace)
    const real = yield* fs.realPath(received)
    const { type } = yield* fs.lstat(received)
    if (real !== join(root, directory) || type !== "Directory")
      return yield* new WorkspaceFailed({ detail: `${directory} is not a directory of its own` })
    yield* fs.chmod(real, 0o700)
    return real
  }).pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(failed(error))))

  /** What a process that was killed left behind. */
  const sweep = Effect.gen(function* () {
    if (!(yield* fs.exists(received))) return
    const real = yield* place
    const names = yield* fs.readDirectory(real)
    yield* Effect.forEach(
      names.filter((name) => name.endsWith(unfinished)),
      (name) => fs.remove(join(real, name), { force: true }),
      { discard: true }
    )
  }).pipe(Effect.catch((error) => Effect.logWarning(`the workspace: ${error.message}`)))
  yield* sweep

  const headOf = (path: string) =>
    fs.open(path, { flag: "r" }).pipe(
      Effect.flatMap((file) => file.readAlloc(headBytes)),
      Effect.map(Option.getOrElse(() => new Uint8Array())),
      Effect.scoped
    )

  const receive: Workspace["Service"]["receive"] = Effect.fn("Workspace.receive")(function* (
    bytes,
    day
  ) {
    const real = yield* place
    const temporary = join(real, `${yield* newId(random)}${unfinished}`)
    yield* Effect.addFinalizer(() => Effect.ignore(fs.remove(temporary, { force: true })))
    const hash = createHash("sha256")
    let size = 0
    const file = yield* fs
      .open(temporary, { flag: "wx", mode: 0o600 })
      .pipe(Effect.mapError(failed))
    yield* Stream.runForEach(bytes, (chunk) => {
      hash.update(chunk)
      size += chunk.length
      return Effect.mapError(file.writeAll(chunk), failed)
    })
    return yield* Effect.gen(function* () {
      yield* file.sync
      const head = yield* headOf(temporary)
      const { ending, mediaType } = sniff(head, head.length >= size)
      const sha256 = hash.digest("hex")
      const name = `${day}-${sha256.slice(0, 16)}.${ending}`
      // The directory may have been put aside while the file came.
      const path = join(yield* place, name)
      yield* fs.rename(temporary, path)
      return {
        path: `${directory}/${name}`,
        absolutePath: path,
        size,
        sha256,
        mediaType
      } satisfies Saved
    }).pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(failed(error))))
  }, Effect.scoped)

  return Workspace.of({
    receive,
    read: ({ absolutePath }) => Effect.mapError(fs.readFile(absolutePath), failed)
  })
})

export const layer = Layer.effect(Workspace, make)
