// SPDX-License-Identifier: MIT OR Apache-2.0
/** What the channel is called in settings, ids and rows. */
import { ChannelName } from "../../domain/Ids.ts"

export const channelName = ChannelName.make("telegram")
