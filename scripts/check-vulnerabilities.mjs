// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Asks the registry's advisory service about the production dependencies: high and critical ones fail.
 *
 * Usage: node scripts/check-vulnerabilities.mjs [--require]   (--require: no answer fails too)
 */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { parseArgs } from "node:util"

const { values: options } = parseArgs({ options: { require: { type: "boolean", default: false } } })
const serious = new Set(["high", "critical"])

const audit = () => {
  const { stdout } = spawnSync("npm", ["audit", "--json", "--omit=dev"], {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
    timeout: 120_000
  })
  try {
    return JSON.parse(stdout).vulnerabilities
  } catch {
    // No report is what "not checked" below stands for.
    return undefined
  }
}

const titlesOf = ({ via = [] }) =>
  via.map((cause) => (typeof cause === "string" ? `through ${cause}` : cause.title))

const vulnerabilities = audit()
if (vulnerabilities === undefined || vulnerabilities === null) {
  process.stderr.write("NOT CHECKED: the advisory service could not be reached\n")
  process.exitCode = options.require ? 1 : 0
} else {
  const all = Object.entries(vulnerabilities)
  const found = all.filter(([, { severity }]) => serious.has(severity))
  for (const [name, vulnerability] of found) {
    const titles = titlesOf(vulnerability).join("; ")
    process.stderr.write(`${name} ${vulnerability.range}: ${vulnerability.severity}: ${titles}\n`)
  }
  if (found.length > 0) process.exitCode = 1
  else process.stdout.write(`No high or critical advisory (${all.length} lesser ones)\n`)
}
