// SPDX-License-Identifier: MIT OR Apache-2.0
/** A group that became a supergroup: from then on it has another id. */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const chat = Schema.Struct({ id: Schema.Int })
const decodeOld = Schema.decodeUnknownOption(
  Schema.Struct({ chat, migrate_to_chat_id: Schema.Int })
)
const decodeNew = Schema.decodeUnknownOption(
  Schema.Struct({ chat, migrate_from_chat_id: Schema.Int })
)

/** Told in the old group and in the new one; whichever comes first counts, the other changes nothing. */
export const migrationOf = (message: unknown) =>
  Option.orElse(
    Option.map(decodeOld(message), ({ chat, migrate_to_chat_id }) => ({
      from: String(chat.id),
      to: String(migrate_to_chat_id)
    })),
    () =>
      Option.map(decodeNew(message), ({ chat, migrate_from_chat_id }) => ({
        from: String(migrate_from_chat_id),
        to: String(chat.id)
      }))
  )
