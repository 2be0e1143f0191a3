// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Takes a variable out of this process for good. `delete` alone leaves its text where the system put
 * it at the start; here that text is overwritten. Import it before anything copies the environment.
 */
import { readFileSync } from "node:fs"
import process, { env } from "node:process"
import { wipeableCopy } from "../../domain/wipeable.ts"

/** Where the environment lies in our memory: fields 50 and 51 of proc_pid_stat(5). */
const block = (): readonly [start: bigint, length: number] => {
  const stat = readFileSync("/proc/self/stat", "latin1")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  const [start, end] = [BigInt(fields[47] ?? 0), BigInt(fields[48] ?? 0)]
  return [start, Number(end - start)]
}

/** Without the warning that this part of Node is young: no person can do anything about it. */
const foreignMemory = () => {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule("node:ffi")
  } finally {
    process.emitWarning = emitWarning
  }
}

/** The block itself, not a copy; empty where the system or this Node does not show it. */
const environmentBytes = (): Buffer => {
  try {
    const [start, length] = block()
    return Buffer.from(foreignMemory().toArrayBuffer(start, length, false))
  } catch {
    return Buffer.alloc(0)
  }
}

const separator = "\0"

/** Where the variable's value begins; -1 when it is not there. */
const valueAt = (block: Buffer, name: string): number => {
  const entry = `${name}=`
  const isFirst = block.subarray(0, entry.length).equals(Buffer.from(entry))
  const at = isFirst ? -1 : block.indexOf(separator + entry)
  return isFirst || at >= 0 ? at + 1 + entry.length : -1
}

/** The value in bytes of its own; none when the variable is not set. */
export const takeVariable = (name: string): Uint8Array | undefined => {
  if (!Object.hasOwn(env, name)) return undefined
  const block = environmentBytes()
  const from = valueAt(block, name)
  // A copy in the heap cannot be helped here: nothing else tells the value.
  const value =
    from < 0
      ? wipeableCopy(Buffer.from(env[name] ?? ""))
      : wipeableCopy(block.subarray(from, block.indexOf(separator, from)))
  if (from >= 0) block.fill(0, from, from + value.length)
  delete env[name]
  return value
}
