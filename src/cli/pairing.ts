// SPDX-License-Identifier: MIT OR Apache-2.0
/** `blufio pairing`: who may talk to Blufio, and who asks to. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { NobodyToRevoke, NoPendingCode, PairingRow } from "../domain/pairing.ts"
import { oneLine } from "../domain/printable.ts"
import { ask } from "../layers/DaemonClient.ts"
import { layerReadOnly, layerWritable } from "../layers/Offline.ts"
import { Pairing } from "../services/Pairing.ts"
import type { StoreError } from "../services/Store.ts"
import { print } from "./output.ts"
import { reach } from "./reach.ts"
import { formatTime, table } from "./table.ts"

const encodeRows = Schema.encodeEffect(Schema.Array(PairingRow))

const who = ({ address, channel, name }: PairingRow) =>
  oneLine(name === "" ? `${channel}:${address}` : `${name} (${channel}:${address})`)

const spell = (rows: ReadonlyArray<PairingRow>): string =>
  rows.length === 0
    ? "Nobody is paired, and nobody asks to be. Who writes to the bot is told a code."
    : table(
        ["CODE", "STATE", "ROLE", "ADDRESS", "NAME", "TIME"],
        rows.map((row) => [
          row.code ?? "-",
          row.state,
          row.role ?? "-",
          `${row.channel}:${row.address}`,
          row.name,
          row.expires_at === null
            ? `since ${formatTime(row.approved_at ?? "")}`
            : `until ${formatTime(row.expires_at)}`
        ])
      )

const list = Command.make(
  "list",
  {},
  Effect.fn("pairing list")(function* () {
    const rows = yield* reach({
      daemon: (client) => ask(client.pairings({})),
      database: (settings) =>
        Effect.provide(
          Effect.flatMap(Pairing, (pairing) => pairing.list),
          layerReadOnly(settings)
        ),
      nothing: () => Effect.succeed<ReadonlyArray<PairingRow>>([])
    })
    yield* print(spell(rows), yield* Effect.orDie(encodeRows(rows)))
  })
).pipe(Command.withDescription("List who may talk to Blufio, and the codes of those who ask to"))

/** Decides by way of the daemon, or in the database itself while none runs. */
const decide = (
  code: string,
  endpoint: "approvePairing" | "revokePairing",
  decision: (pairing: Pairing["Service"]) => Effect.Effect<Option.Option<PairingRow>, StoreError>,
  missing: NoPendingCode | NobodyToRevoke
) =>
  reach({
    daemon: (client) => ask(client[endpoint]({ payload: { code } })),
    database: (settings) =>
      Effect.provide(Effect.flatMap(Pairing, decision), layerWritable(settings)).pipe(
        Effect.flatMap((row) => Effect.mapError(Effect.fromOption(row), () => missing))
      ),
    nothing: () => Effect.fail(missing)
  })

const approve = Command.make(
  "approve",
  { code: Argument.String("CODE").pipe(Argument.withDescription("The code that they were told")) },
  Effect.fn("pairing approve")(function* ({ code }) {
    const missing = new NoPendingCode({ code })
    const row = yield* decide(code, "approvePairing", (pairing) => pairing.approve(code), missing)
    yield* print(`${who(row)} may talk to Blufio now, as ${row.role}.`, { ...row })
  })
).pipe(Command.withDescription("Let someone talk to Blufio"))

const revoke = Command.make(
  "revoke",
  {
    key: Argument.String("CODE_OR_ADDRESS").pipe(
      Argument.withDescription("A pending code, or the address of someone who was approved")
    )
  },
  Effect.fn("pairing revoke")(function* ({ key }) {
    const missing = new NobodyToRevoke({ codeOrAddress: key })
    const row = yield* decide(key, "revokePairing", (pairing) => pairing.revoke(key), missing)
    const text = row.state === "pending" ? "is not waited for any more" : "is not let in any more"
    yield* print(`${who(row)} ${text}.`, { ...row, state: "revoked" })
  })
).pipe(Command.withDescription("Withdraw a code, or shut someone out"))

export const command = Command.make("pairing").pipe(
  Command.withDescription("Say who may talk to Blufio"),
  Command.withSubcommands([list, approve, revoke])
)
