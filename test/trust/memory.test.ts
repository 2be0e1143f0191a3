// SPDX-License-Identifier: MIT OR Apache-2.0
/** The memory of an idle daemon, byte by byte: what opened the vault is gone, what was not used never came. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { argon2Sync } from "node:crypto"
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { say } from "../support/api.ts"
import { command, type Home, serve } from "../support/Blufio.ts"
import { onTerminal } from "../support/terminal.ts"
import { decodeJson, filesOf, fill, makeKeyless, passphrase } from "./support.ts"

const unused = "canary-unused-5Kd8WqZr2NfT"
const pageful = 64 * 1024 * 1024

/** Each readable stretch of a process's memory. */
function* memoryOf(pid: number): Generator<Buffer> {
  const memory = openSync(`/proc/${pid}/mem`, "r")
  const buffer = Buffer.alloc(pageful)
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, "latin1").split("\n")) {
      const range = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line)
      if (range === null || /\[v(var|syscall)/.test(line)) continue
      const end = BigInt(`0x${range[2]}`)
      let at = BigInt(`0x${range[1]}`)
      while (at < end) {
        const wanted = end - at < BigInt(pageful) ? Number(end - at) : pageful
        let got = 0
        try {
          got = readSync(memory, buffer, 0, wanted, at)
        } catch {
          // A stretch of a device, or one that went away meanwhile.
        }
        if (got === 0) break
        yield buffer.subarray(0, got)
        at += BigInt(got)
      }
    }
  } finally {
    closeSync(memory)
  }
}

const found = (pid: number, needles: Readonly<Record<string, Buffer>>) => {
  const names = new Set<string>()
  for (const stretch of memoryOf(pid))
    for (const [name, needle] of Object.entries(needles))
      if (stretch.includes(needle)) names.add(name)
  return [...names].toSorted()
}

const derivedKey = (home: Home) => {
  const db = new DatabaseSync(home.database, { readOnly: true })
  const { memory_kib, parallelism, passes, salt } = db.prepare("SELECT * FROM vault").get() as {
    memory_kib: number
    parallelism: number
    passes: number
    salt: Uint8Array
  }
  db.close()
  return argon2Sync("argon2id", {
    message: Buffer.from(passphrase),
    nonce: salt,
    memory: memory_kib,
    passes,
    parallelism,
    tagLength: 32
  })
}

const spelled = (name: string, text: string) => ({
  [name]: Buffer.from(text),
  [`${name} in UTF-16`]: Buffer.from(text, "utf16le")
})

/** The daemon on a terminal, after the passphrase was pasted into it. */
const typedTo = Effect.fnUntraced(function* (home: Home) {
  const terminal = yield* onTerminal(home, "serve")
  yield* terminal.sees("Passphrase of the vault")
  yield* terminal.type(`${passphrase}\r`)
  yield* terminal.sees("is up")
  const { stdout } = yield* command({ home, args: ["status", "--json"] })
  return Number(decodeJson(stdout).pid)
})

describe.runIf(process.platform === "linux")("the memory of an idle daemon", () => {
  it.live.each(["environment", "file", "descriptor", "terminal"] as const)(
    "holds neither the passphrase nor a derived key nor an unused secret: by %s",
    (source) =>
      Effect.gen(function* () {
        const { anthropic, home } = yield* makeKeyless()
        yield* fill(home, { ANTHROPIC_API_KEY: anthropic.key, OTHER_KEY: unused })
        const file = join(home.dir, "passphrase")
        writeFileSync(file, `${passphrase}\n`)
        const how = {
          environment: { env: { BLUFIO_PASSPHRASE: passphrase } },
          file: { env: { BLUFIO_PASSPHRASE_FILE: file } },
          descriptor: { args: ["--passphrase-fd", "0"], stdin: passphrase },
          terminal: undefined
        }[source]
        const pid =
          how === undefined ? yield* typedTo(home) : (yield* serve({ home, ...how })).child.pid!
        const key = derivedKey(home)
        const needles = {
          ...spelled("passphrase", passphrase),
          ...spelled("unused secret", unused),
          "derived key": key,
          "derived key in hex": Buffer.from(key.toString("hex")),
          ...spelled("Anthropic key", anthropic.key)
        }
        assert.deepEqual(found(pid, needles), [], "before anything was used")
        assert.include((yield* say(home.socket, "Hello")).text, "Hello")
        const used = found(pid, needles)
        assert.notInclude(used.join(), "passphrase")
        assert.notInclude(used.join(), "derived")
        assert.notInclude(used.join(), "unused")
        assert.include(used.join(), "Anthropic key", "the look itself works")
        assert.isFalse(Object.values(filesOf(home)).some((text) => text.includes(unused)))
      })
  )
})
