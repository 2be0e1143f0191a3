// SPDX-License-Identifier: MIT OR Apache-2.0
/** The directory that file tools see, and where what people send is put. */
import { dirname, join } from "node:path"
import type { SettingsData } from "../domain/Settings.ts"

export const workspacePath = ({ storage, tools }: SettingsData): string =>
  tools.workspace === "" ? join(dirname(storage.path), "workspace") : tools.workspace
