// SPDX-License-Identifier: MIT OR Apache-2.0
/** Every file that people write says its licence in its first lines. */
import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const line = "SPDX-License-Identifier: MIT OR Apache-2.0"
const files = [
  ...globSync("{src,test,scripts,bench}/**/*.{ts,mts,mjs,js,css,html,sh}", { cwd: root }),
  ...globSync("{*.ts,.ci/run}", { cwd: root })
]

describe("SPDX", () => {
  it.each(files)("%s", (file) => {
    // The second line counts too: a shebang has to be the first.
    const head = readFileSync(join(root, file), "utf8").split("\n").slice(0, 2)
    assert.isTrue(head.some((text) => text.includes(line)))
  })
})
