// SPDX-License-Identifier: MIT OR Apache-2.0
/** For whom and where a tool is used, in tests of tools alone. */
import { ChannelName, mainAgent, owner, SessionId, TurnId } from "../../src/domain/Ids.ts"
import type { ToolContext } from "../../src/services/Toolbox.ts"

export const toolContext: ToolContext = {
  turn: {
    id: TurnId.make("turn"),
    session: SessionId.make("session"),
    agent: mainAgent,
    person: owner,
    purpose: "chat",
    state: "tools",
    detail: "",
    question: null,
    startedAt: 0,
    finishedAt: null
  },
  chat: { channel: ChannelName.make("local"), chat: "terminal", topic: "" },
  callId: "call"
}
