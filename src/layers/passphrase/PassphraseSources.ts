// SPDX-License-Identifier: MIT OR Apache-2.0
/** The vault's passphrase from where contract 3 looks for it, the first source that is named. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs"
import { join } from "node:path"
import { stderr, stdin } from "node:process"
import { wipeable, wipeableCopy } from "../../domain/wipeable.ts"
import { Passphrase, PassphraseUnreadable } from "../../services/Passphrase.ts"
import { Environment } from "../config/Environment.ts"
import { takeVariable } from "./environmentBlock.ts"
import { readHidden } from "./readHidden.ts"

const longest = 4096
const variable = "BLUFIO_PASSPHRASE"

/** Taken when the program begins, before anything copies the environment. */
const taken = takeVariable(variable)

/** At most `longest` bytes up to the end, in a buffer of their own. */
const readAll = (descriptor: number): Uint8Array => {
  const bytes = wipeable(longest)
  let length = 0
  for (;;) {
    const count = readSync(descriptor, bytes, length, longest - length, null)
    length += count
    if (count === 0 || length === longest) return bytes.subarray(0, length)
  }
}

const readFile = (path: string): Uint8Array => {
  const descriptor = openSync(path, "r")
  try {
    return readAll(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

const readDescriptor = (descriptor: number): Uint8Array => {
  fstatSync(descriptor)
  return readAll(descriptor)
}

/** Without the line break that editors and `echo` leave at the end. */
const trimmed = (bytes: Uint8Array): Uint8Array => {
  const isBreak = (byte: number | undefined) => byte === 10 || byte === 13
  let length = bytes.length
  if (bytes[length - 1] === 10) length--
  if (length < bytes.length && isBreak(bytes[length - 1])) length--
  return bytes.subarray(0, length)
}

interface Source {
  readonly name: string
  readonly read: () => Uint8Array
}

const read = Effect.fnUntraced(function* ({ name, read }: Source) {
  const unreadable = (detail: string) => new PassphraseUnreadable({ source: name, detail })
  const bytes = yield* Effect.try({
    try: read,
    catch: () => unreadable("it cannot be opened or read")
  })
  const value = trimmed(bytes)
  return value.length === 0 ? yield* unreadable("it is empty") : value
})

/** For a passphrase that is not the vault's yet. */
export const fromDescriptor = (flag: string, descriptor: number) =>
  read({ name: `${flag} ${descriptor}`, read: () => readDescriptor(descriptor) })

/**
 * Which terminal is asked: the one on stdin, or also the one this process belongs to while stdin is a
 * pipe. What may run in the background must not: the system would stop it there.
 */
type Asked = "stdin" | "controlling"

const terminalOf = (asked: Asked): number | undefined => {
  const path = stdin.isTTY ? "/proc/self/fd/0" : asked === "controlling" ? "/dev/tty" : undefined
  if (path === undefined) return undefined
  try {
    return openSync(path, "r+")
  } catch {
    // This process belongs to no terminal.
    return undefined
  }
}

const ask = (asked: Asked) =>
  Effect.fnUntraced(function* (prompt: string) {
    const descriptor = stderr.isTTY ? terminalOf(asked) : undefined
    return descriptor === undefined
      ? Option.none()
      : Option.some(yield* readHidden(prompt, descriptor))
  })

const make = (fd: Option.Option<number>, asked: Asked) =>
  Effect.gen(function* () {
    const environment = yield* Environment
    const { BLUFIO_PASSPHRASE_FILE = "", CREDENTIALS_DIRECTORY = "" } = environment
    const credential = join(CREDENTIALS_DIRECTORY, "blufio-passphrase")
    let held: Uint8Array | undefined
    let isForgotten = false

    const source = (): Source | undefined => {
      if (Option.isSome(fd))
        return { name: `--passphrase-fd ${fd.value}`, read: () => readDescriptor(fd.value) }
      if (CREDENTIALS_DIRECTORY !== "" && existsSync(credential))
        return { name: credential, read: () => readFile(credential) }
      if (BLUFIO_PASSPHRASE_FILE !== "")
        return { name: "$BLUFIO_PASSPHRASE_FILE", read: () => readFile(BLUFIO_PASSPHRASE_FILE) }
      return taken === undefined
        ? undefined
        : { name: `$${variable}`, read: () => wipeableCopy(taken) }
    }

    const find = Effect.gen(function* () {
      if (isForgotten) return Option.none<Uint8Array>()
      const found = source()
      if (held === undefined && found !== undefined) held = yield* read(found)
      return Option.map(Option.fromUndefinedOr(held), wipeableCopy)
    })

    const forget = Effect.sync(() => {
      isForgotten = true
      held?.fill(0)
      taken?.fill(0)
    })
    yield* Effect.addFinalizer(() => forget)

    return Passphrase.of({
      find,
      forget,
      ask: ask(asked)
    })
  })

/** `fd`: what `--passphrase-fd` said. */
export const layer = (fd: Option.Option<number>, asked: Asked = "controlling") =>
  Layer.effect(Passphrase, make(fd, asked))
