// SPDX-License-Identifier: MIT OR Apache-2.0
/** Opens files of the workspace: regular ones, by paths and links that stay within it. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { createHash } from "node:crypto"
import { constants } from "node:fs"
import { type FileHandle, open, realpath } from "node:fs/promises"
import { basename, isAbsolute, join, relative, sep } from "node:path"
import { FileUnfit, type OutgoingFile, OutgoingFiles } from "../services/OutgoingFiles.ts"
import { Settings } from "../services/Settings.ts"
import { workspacePath } from "./workspacePath.ts"

const mostBytes = 50_000_000
/** So many files are held in memory at once. */
const mostAtOnce = 2

const unfit = (detail: string) => new FileUnfit({ detail })

const faultOf = (name: string) => (thrown: unknown) => {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined
  return unfit(
    code === "ENOENT" || code === "ENOTDIR"
      ? `There is no file ${name} in the workspace.`
      : `The file ${name} cannot be read.`
  )
}

/** Neither a link nor what would wait for a writer is opened. */
const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

const isWithin = (root: string, path: string) => path.startsWith(`${root}${sep}`)

const make = Effect.gen(function* () {
  const workspace = workspacePath(yield* Settings)
  const permits = yield* Semaphore.make(mostAtOnce)

  const find = Effect.fnUntraced(function* (path: string) {
    const isRelative = path !== "" && !isAbsolute(path) && !path.split(/[/\\]/).includes("..")
    if (!isRelative || path.includes("\0"))
      return yield* unfit("The path must be one within the workspace, without `..`.")
    const name = basename(path)
    const real = (of: string) =>
      Effect.tryPromise({ try: () => realpath(of), catch: faultOf(name) })
    const root = yield* real(workspace)
    const found = yield* real(join(root, path))
    return isWithin(root, found)
      ? { root, found, name }
      : yield* unfit(`The file ${name} lies outside the workspace.`)
  })

  const readAll = Effect.fnUntraced(function* (file: FileHandle, name: string) {
    const stat = yield* Effect.tryPromise({ try: () => file.stat(), catch: faultOf(name) })
    if (!stat.isFile()) return yield* unfit(`${name} is not a file.`)
    // Its other name may lie anywhere on the disk.
    if (stat.nlink > 1)
      return yield* unfit(`The file ${name} has another name elsewhere (a hard link).`)
    if (stat.size === 0) return yield* unfit(`The file ${name} is empty.`)
    if (stat.size > mostBytes) return yield* unfit(`The file ${name} is larger than 50 MB.`)
    // One byte more than there was: what grows meanwhile is seen, not followed.
    const buffer = new Uint8Array(stat.size + 1)
    let length = 0
    while (length < buffer.length) {
      const { bytesRead } = yield* Effect.tryPromise({
        try: () => file.read(buffer, length, buffer.length - length),
        catch: faultOf(name)
      })
      if (bytesRead === 0) break
      length += bytesRead
    }
    return length === stat.size
      ? buffer.subarray(0, length)
      : yield* unfit(`The file ${name} changes while it is read.`)
  })

  const load = Effect.fnUntraced(function* (path: string) {
    const { found, name, root } = yield* find(path)
    const file = yield* Effect.acquireRelease(
      Effect.tryPromise({ try: () => open(found, flags), catch: faultOf(name) }),
      (file) => Effect.ignore(Effect.tryPromise(() => file.close()))
    )
    // A directory may have become a link since.
    const again = yield* find(path)
    if (again.found !== found) return yield* unfit(`The file ${name} changes while it is read.`)
    const bytes = yield* readAll(file, name)
    return {
      path: relative(root, found),
      absolutePath: found,
      name,
      bytes,
      sha256: createHash("sha256").update(bytes).digest("hex")
    } satisfies OutgoingFile
  }, Effect.scoped)

  return OutgoingFiles.of({
    use: (path, work) => permits.withPermits(1)(Effect.flatMap(load(path), work))
  })
})

export const layer = Layer.effect(OutgoingFiles, make)
