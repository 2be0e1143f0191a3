// SPDX-License-Identifier: MIT OR Apache-2.0
/**
 * Holds every package of a lock file against licence-policy.json and names those that do not pass.
 *
 * Usage: node scripts/check-licences.mjs [--policy FILE] [LOCK FILE]
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"

const root = join(import.meta.dirname, "..")
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { policy: { type: "string", default: join(root, "licence-policy.json") } }
})
const read = (file) => JSON.parse(readFileSync(file, "utf8"))
const policy = read(options.policy)
const { packages } = read(positionals[0] ?? join(root, "package-lock.json"))

const nameOf = (place) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)

/** Whether an SPDX expression can be met with `allowed` licences alone; AND binds tighter than OR. */
const isMet = (expression, allowed) => {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  const term = () => {
    if (tokens[at] === "(") {
      at += 1
      const inside = either()
      if (tokens[at] !== ")") throw new SyntaxError("a bracket is not closed")
      at += 1
      return inside
    }
    const licence = tokens[at]
    if (licence === undefined || /^(\)|AND|OR|WITH)$/.test(licence)) {
      throw new SyntaxError("a licence is missing")
    }
    at += 1
    if (tokens[at] !== "WITH") return allowed.has(licence)
    at += 2
    return allowed.has(`${licence} WITH ${tokens[at - 1]}`)
  }
  const both = () => {
    let met = term()
    while (tokens[at] === "AND") {
      at += 1
      met = term() && met
    }
    return met
  }
  const either = () => {
    let met = both()
    while (tokens[at] === "OR") {
      at += 1
      met = both() || met
    }
    return met
  }
  try {
    const met = either()
    return met && at === tokens.length
  } catch {
    // What cannot be read as an expression cannot be allowed; the caller prints it as it stands.
    return false
  }
}

/**
 * scripts/complete-lock.mjs adds packages it has never seen, so without a licence. They are the same
 * work built for another platform: the licence is that of the package that names this exact version.
 */
const inherited = (name, entry) => {
  if (entry.optional !== true || entry.cpu === undefined) return undefined
  const parents = Object.values(packages).filter(
    (parent) => parent.optionalDependencies?.[name] === entry.version
  )
  const licences = new Set(parents.map((parent) => parent.license))
  return licences.size === 1 ? [...licences][0] : undefined
}

const everywhere = new Set(policy.allow)
const inDevelopment = new Set([...policy.allow, ...policy.allowInDevelopment])
const excepted = new Map(policy.exceptions.map((exception) => [exception.package, exception]))
const used = new Set()

const faultOf = ([place, entry]) => {
  const name = nameOf(place)
  const exact = `${entry.name ?? name}@${entry.version}`
  const licence = entry.license ?? inherited(name, entry)
  const exception = excepted.get(exact)
  if (exception !== undefined && exception.licence === (licence ?? null)) {
    used.add(exact)
    return []
  }
  if (typeof licence !== "string") return [`${exact}: no licence`]
  const allowed = entry.dev === true ? inDevelopment : everywhere
  return isMet(licence, allowed) ? [] : [`${exact}: ${licence} is not allowed`]
}

const entries = Object.entries(packages).filter(([place]) => place.includes("node_modules/"))
const faults = entries.flatMap(faultOf)
for (const { package: exact, reason } of policy.exceptions) {
  if (typeof reason !== "string" || reason === "")
    faults.push(`${exact}: exception without a reason`)
  if (!used.has(exact)) faults.push(`${exact}: exception that no package needs`)
}

for (const fault of faults) process.stderr.write(`${fault}\n`)
if (faults.length > 0) process.exitCode = 1
else process.stdout.write(`${entries.length} packages have licences that the policy allows\n`)
