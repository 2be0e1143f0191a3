// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio audit`: what mattered, and the proof that nobody rewrote it. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { AuditEntry } from "../api/audit.ts"
import type { AuditFault, AuditVerdict } from "../domain/audit.ts"
import { oneLine } from "../domain/printable.ts"
import { ask } from "../layers/DaemonClient.ts"
import { entryOf } from "../layers/http/AuditHandlers.ts"
import { layerReadOnly } from "../layers/Offline.ts"
import { Audit } from "../services/Audit.ts"
import { AlreadyTold, ExitCode, WrongUsage } from "./exit.ts"
import { print } from "./output.ts"
import { reach } from "./reach.ts"
import { formatTime, table } from "./table.ts"

const count = Flag.Int("count").pipe(
  Flag.withAlias("n"),
  Flag.withMetavar("N"),
  Flag.withDescription("How many rows, at most 1000"),
  Flag.withDefault(20)
)

const detailOf = ({ detail }: AuditEntry) =>
  Object.entries(detail)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ")

const spell = (entries: ReadonlyArray<AuditEntry>) =>
  entries.length === 0
    ? "Nothing is recorded yet."
    : table(
        ["SEQ", "TIME", "ACTION", "ACTOR", "SUBJECT", "OUTCOME", "DETAIL"],
        entries.map((entry) => [
          String(entry.seq),
          formatTime(entry.time),
          entry.action,
          oneLine(entry.actor),
          oneLine(entry.subject),
          entry.outcome,
          oneLine(detailOf(entry))
        ])
      )

const tail = Command.make(
  "tail",
  { count },
  Effect.fn("audit tail")(function* ({ count }) {
    if (count < 1 || count > 1000) return yield* new WrongUsage({ detail: "--count: 1 to 1000" })
    const entries = yield* reach({
      daemon: (client) => ask(client.auditTail({ query: { count } })),
      database: (settings) =>
        Effect.provide(
          Effect.flatMap(Audit, (audit) => audit.tail(count)),
          layerReadOnly(settings)
        ).pipe(Effect.map((rows) => rows.map(entryOf))),
      nothing: () => Effect.succeed<ReadonlyArray<AuditEntry>>([])
    })
    yield* print(spell(entries), entries)
  })
).pipe(Command.withDescription("Show the newest rows of the audit"))

const expect = Flag.String("expect").pipe(
  Flag.withMetavar("HASH"),
  Flag.withDescription("A hash that this command told earlier: it must still stand in the chain"),
  Flag.optional
)

const hashOf = (typed: Option.Option<string>) => {
  const noted = Option.map(typed, (hash) => hash.trim().toLowerCase())
  return Option.exists(noted, (hash) => !/^[0-9a-f]{64}$/.test(hash))
    ? Effect.fail(new WrongUsage({ detail: "--expect: a hash has 64 hexadecimal digits" }))
    : Effect.succeed(noted)
}

const spellFault = ({ problem, seq }: AuditFault) => `row ${seq}: ${problem}`

const verify = Command.make(
  "verify",
  { expect },
  Effect.fn("audit verify")(function* ({ expect }) {
    const noted = yield* hashOf(expect)
    const verdict: AuditVerdict = yield* reach({
      daemon: (client) =>
        ask(client.auditVerify({ query: Option.isNone(noted) ? {} : { noted: noted.value } })),
      database: (settings) =>
        Effect.provide(
          Effect.flatMap(Audit, (audit) => audit.verify(noted)),
          layerReadOnly(settings)
        ),
      nothing: () =>
        Effect.succeed<AuditVerdict>({
          rows: 0,
          head: "",
          faults: [],
          is_noted_there: Option.isNone(noted)
        })
    })
    const { faults, head, is_noted_there: isNotedThere, rows } = verdict
    const ok = faults.length === 0 && isNotedThere
    const text = [
      ...faults.map(spellFault),
      ...(isNotedThere ? [] : ["The expected hash is not in the chain: it was written anew."]),
      ok
        ? `${rows} rows, all as they were written. Newest hash: ${head}`
        : `${rows} rows, not all as they were written.`
    ]
    yield* print(text.join("\n"), { ok, ...verdict })
    if (!ok) return yield* new AlreadyTold({ exitCode: ExitCode.failed })
  })
).pipe(Command.withDescription("Say whether any row was changed, taken out or moved"))

export const command = Command.make("audit").pipe(
  Command.withDescription("See what mattered, and that nobody rewrote it"),
  Command.withSubcommands([verify, tail])
)
