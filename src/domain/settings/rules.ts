// SPDX-License-Identifier: MIT OR Apache-2.0
/** What several settings must fulfil together (contract 3). */
import type { SettingsData } from "../Settings.ts"
import type { KeyPath } from "./keys.ts"
import { isLoopbackHost } from "./loopback.ts"

export interface Broken {
  readonly key: KeyPath
  readonly expected: string
  readonly hint?: string
  /** What else it depends on: a fault there makes this one meaningless. */
  readonly reads?: ReadonlyArray<KeyPath>
}

const notBoth = (section: string, one: string, other: string): Broken => ({
  key: [section, other],
  expected: `expected at most one of ${section}.${one} and ${section}.${other}`
})

const tlsFiles: ReadonlyArray<KeyPath> = [
  ["gateway", "tls_cert"],
  ["gateway", "tls_key"]
]

const tls = ({ host, tls_cert, tls_key }: SettingsData["gateway"]): ReadonlyArray<Broken> => {
  if (!isLoopbackHost(host) && (tls_cert === "" || tls_key === "")) {
    return [
      {
        key: ["gateway", "host"],
        expected: "expected a loopback host, such as 127.0.0.1",
        hint: "any other needs both gateway.tls_cert and gateway.tls_key",
        reads: tlsFiles
      }
    ]
  }
  if ((tls_cert === "") === (tls_key === "")) return []
  const missing = tls_cert === "" ? "tls_cert" : "tls_key"
  return [
    {
      key: ["gateway", missing],
      expected: "expected both gateway.tls_cert and gateway.tls_key, or neither",
      reads: tlsFiles
    }
  ]
}

const servers = (servers: SettingsData["mcp"]["servers"]): ReadonlyArray<Broken> =>
  Object.entries(servers).flatMap(([name, { url, command }]) => {
    if (command?.length === 0) {
      return [{ key: ["mcp", "servers", name, "command"], expected: "expected a program to run" }]
    }
    return (url === undefined) === (command === undefined)
      ? [{ key: ["mcp", "servers", name], expected: "expected exactly one of url and command" }]
      : []
  })

/** The rules that settings break, each under the key to change. */
export const brokenRules = (settings: SettingsData): ReadonlyArray<Broken> => {
  const { agent, storage, transcription } = settings
  const broken: Array<Broken> = [...tls(settings.gateway), ...servers(settings.mcp.servers)]
  if (agent.system_prompt !== "" && agent.system_prompt_file !== "") {
    broken.push(notBoth("agent", "system_prompt", "system_prompt_file"))
  }
  if (transcription.command.length > 0 && transcription.url !== "") {
    broken.push(notBoth("transcription", "command", "url"))
  }
  if (storage.engine === "postgres") {
    broken.push({
      key: ["storage", "engine"],
      expected: 'expected "sqlite"',
      hint: '"postgres" comes in a later release'
    })
    if (storage.url === "") {
      broken.push({ key: ["storage", "url"], expected: "expected the address of the database" })
    }
  }
  return broken
}
