// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Starts a built artifact as a stranger would: copied alone into an empty folder, with an empty home.
 * It must become healthy, answer one message, and end well on SIGTERM.
 *
 * Usage: node scripts/boot-check.mjs FILE...
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { setTimeout as wait } from "node:timers/promises"

const healthyWithin = 20_000
const answeredWithin = 30_000
const endedWithin = 5000

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address()
  server.close()
  return port
}

/** Nothing of the person who runs the check reaches the artifact but PATH. */
const emptyHome = (home, port) => {
  const folders = {
    HOME: join(home, "home"),
    XDG_CONFIG_HOME: join(home, "config"),
    XDG_DATA_HOME: join(home, "data"),
    XDG_CACHE_HOME: join(home, "cache"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_RUNTIME_DIR: join(home, "runtime")
  }
  for (const folder of Object.values(folders)) mkdirSync(folder, { mode: 0o700 })
  return { PATH: process.env["PATH"], ...folders, BLUFIO__GATEWAY__PORT: String(port) }
}

const start = (file, args, options) => {
  const command = file.endsWith(".mjs") ? [process.execPath, file, ...args] : [file, ...args]
  const child = spawn(command[0], command.slice(1), { ...options, stdio: "pipe" })
  const printed = { out: "", err: "" }
  child.stdout.setEncoding("utf8").on("data", (text) => (printed.out += text))
  child.stderr.setEncoding("utf8").on("data", (text) => (printed.err += text))
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal)
  return { child, printed, ended }
}

const within = async (promise, limit, complaint) => {
  const timer = new AbortController()
  const late = wait(limit, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${complaint} within ${limit / 1000} seconds`)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    timer.abort()
  }
}

const isHealthy = async (port) => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/healthz`)).status === 200
  } catch {
    return false
  }
}

const becomesHealthy = async (daemon, port) => {
  const began = performance.now()
  while (performance.now() - began < healthyWithin) {
    if (daemon.child.exitCode !== null) throw new Error(`serve ended with ${daemon.child.exitCode}`)
    // One look after the other is the point: this waits for the daemon to come up.
    // oxlint-disable-next-line no-await-in-loop
    if (await isHealthy(port)) return Math.round(performance.now() - began)
    // oxlint-disable-next-line no-await-in-loop
    await wait(50)
  }
  throw new Error(`/healthz did not answer 200 within ${healthyWithin / 1000} seconds`)
}

const expectReply = async (shell) => {
  shell.child.stdin.end("Hello, are you there?\n")
  const code = await within(shell.ended, answeredWithin, "shell did not end")
  if (code !== 0) throw new Error(`shell ended with ${code}`)
  // Without a key the demo provider answers, and it says what it is.
  if (!/demo/i.test(shell.printed.out)) throw new Error("shell printed no reply")
}

const expectQuiet = (part) => {
  if (/Warning/.test(part.printed.err)) throw new Error("Node printed a warning to stderr")
}

const check = async (artifact) => {
  const home = mkdtempSync(join(tmpdir(), "blufio-boot-"))
  const port = await freePort()
  const env = emptyHome(home, port)
  const cwd = join(home, "alone")
  mkdirSync(cwd)
  const file = join(cwd, basename(artifact))
  copyFileSync(artifact, file)
  const daemon = start(file, ["serve"], { cwd, env })
  const parts = [daemon]
  try {
    const upAfter = await becomesHealthy(daemon, port)
    const shell = start(file, ["shell"], { cwd, env })
    parts.push(shell)
    await expectReply(shell)
    daemon.child.kill("SIGTERM")
    const code = await within(daemon.ended, endedWithin, "serve did not end after SIGTERM")
    if (code !== 0) throw new Error(`serve ended with ${code} after SIGTERM`)
    for (const part of parts) expectQuiet(part)
    const left = readdirSync(cwd).filter((name) => name !== basename(file))
    if (left.length > 0) throw new Error(`the run left ${left.join(", ")} beside the artifact`)
    process.stdout.write(`${artifact}: healthy after ${upAfter} ms, answered, ended well\n`)
  } catch (error) {
    for (const { child, printed } of parts) {
      child.kill("SIGKILL")
      process.stderr.write(`--- ${child.spawnargs.at(-1)}\n${printed.out}${printed.err}`)
    }
    process.stderr.write(`${artifact}: ${error.message}\n`)
    process.exitCode = 1
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const artifacts = process.argv.slice(2)
const missing = artifacts.filter((artifact) => !existsSync(artifact))
if (artifacts.length === 0 || missing.length > 0) {
  process.stderr.write("Usage: node scripts/boot-check.mjs FILE...\n")
  for (const artifact of missing) process.stderr.write(`${artifact} is not there\n`)
  process.exit(2)
}
// One after the other, so that each has the machine for itself.
// oxlint-disable-next-line no-await-in-loop
for (const artifact of artifacts) await check(artifact)
