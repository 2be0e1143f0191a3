// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Completes package-lock.json with the platform packages that `npm install` left out because the
 * registry in use lacks them, so that `npm ci` accepts the lock file on every machine.
 *
 * Usage: node scripts/complete-lock.mjs [--check] [FILE]
 */
import { readFileSync, writeFileSync } from "node:fs"

const systems = new Set(
  "aix android darwin freebsd linux netbsd openbsd openharmony sunos wasi win32".split(" ")
)
const processors = new Set(
  "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64".split(" ")
)
const libraries = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" }

/** Reads the platform off a name such as `@oxlint/binding-linux-arm64-musl`. */
const platformOf = (name) => {
  const words = name.split(/[-/@]/)
  const os = words.find((word) => systems.has(word))
  const cpu = words.find((word) => processors.has(word))
  if (os === undefined || cpu === undefined) {
    throw new Error(`cannot read a platform off the package name ${name}`)
  }
  const libc = words.map((word) => libraries[word]).find((library) => library !== undefined)
  const linuxOnly = os === "linux" && libc !== undefined ? { libc: [libc] } : {}
  return { os: os === "wasi" ? [] : [os], cpu: [cpu], ...linuxOnly }
}

/** Where Node's resolution finds `name` from the package at `from`, nearest folder first. */
const places = (from, name) => {
  const found = []
  let folder = from
  while (folder !== "") {
    found.push(`${folder}/node_modules/${name}`)
    const cut = folder.lastIndexOf("/node_modules/")
    folder = cut < 0 ? "" : folder.slice(0, cut)
  }
  return [...found, `node_modules/${name}`]
}

const lockOf = (file) => JSON.parse(readFileSync(file, "utf8"))

/** A range counts as met by any version; an exact version, which platform packages have, only by itself. */
const isMet = (packages, from, name, range) => {
  const place = places(from, name).find((candidate) => candidate in packages)
  return place !== undefined && (!/^\d/.test(range) || packages[place].version === range)
}

const missingOf = (packages) =>
  Object.entries(packages).flatMap(([from, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, range]) => !isMet(packages, from, name, range))
      .map(([name, range]) => ({ from, name, version: range.replace(/^[~^=v]+/, "") }))
  )

const complete = (packages, missing) => {
  const all = { ...packages }
  for (const { from, name, version } of missing) {
    const top = `node_modules/${name}`
    const place = top in all && all[top].version !== version ? places(from, name)[0] : top
    const { dev, devOptional } = packages[from]
    const kind = dev === true ? { dev } : devOptional === true ? { devOptional } : {}
    all[place] = { version, ...kind, optional: true, ...platformOf(name) }
  }
  return Object.fromEntries(
    Object.entries(all).toSorted(([left], [right]) => left.localeCompare(right, "en"))
  )
}

const options = process.argv.slice(2)
const check = options.includes("--check")
const file = options.find((option) => !option.startsWith("--")) ?? "package-lock.json"
const lock = lockOf(file)
const missing = missingOf(lock.packages)
const addressed = Object.entries(lock.packages)
  .filter(([, entry]) => entry.resolved !== undefined && entry.link !== true)
  .map(([place]) => place)

for (const place of addressed) process.stderr.write(`${place}: names the registry it came from\n`)
if (check) {
  for (const { from, name } of missing) {
    process.stderr.write(`${from}: optional dependency ${name} is not in ${file}\n`)
  }
  process.exitCode = missing.length + addressed.length === 0 ? 0 : 1
} else {
  for (const place of addressed) delete lock.packages[place].resolved
  const packages = complete(lock.packages, missing)
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
  process.stdout.write(`${file}: ${missing.length} optional packages added\n`)
}
