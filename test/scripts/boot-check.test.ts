// SPDX-License-Identifier: MIT OR Apache-2.0
/** The boot check passes an artifact that behaves, and names what one that does not did wrong. */
import { assert, describe, it } from "@effect/vitest"
import { runScript, temporaryFile } from "./run.ts"

/** A stand-in for the bundle with the parts that the check looks at; `code` is that of the end after SIGTERM. */
const artifact = ({ reply = "I am the demo provider.", code = 0, noise = "" } = {}) =>
  temporaryFile(
    "blufio.mjs",
    `import { createServer } from "node:http"
     import { readdirSync } from "node:fs"
     if (process.argv[2] === "shell") {
       process.stdin.resume().on("end", () => console.log(${JSON.stringify(reply)}))
     } else {
       console.error(${JSON.stringify(noise)})
       const alone = readdirSync(".").length === 1 && readdirSync(process.env.HOME).length === 0
       createServer((_, response) => response.writeHead(alone ? 200 : 500).end())
         .listen(Number(process.env.BLUFIO__GATEWAY__PORT), "127.0.0.1")
       process.on("SIGTERM", () => process.exit(${code}))
     }`
  )

const check = (...files: ReadonlyArray<string>) => runScript("boot-check.mjs", files)

describe("boot-check", () => {
  it("passes what starts alone, answers and ends well", () => {
    const { status, stdout } = check(artifact(), artifact())
    assert.strictEqual(status, 0)
    assert.strictEqual(stdout.match(/answered, ended well/g)?.length, 2)
  })

  it("fails without a reply", () => {
    const { status, stderr } = check(artifact({ reply: "" }))
    assert.strictEqual(status, 1)
    assert.include(stderr, "shell printed no reply")
  })

  it("fails when the end is not a clean one", () => {
    const { status, stderr } = check(artifact({ code: 130 }))
    assert.strictEqual(status, 1)
    assert.include(stderr, "serve ended with 130 after SIGTERM")
  })

  it("fails when Node prints a warning", () => {
    const { status, stderr } = check(artifact({ noise: "(node:1) ExperimentalWarning: new" }))
    assert.strictEqual(status, 1)
    assert.include(stderr, "Node printed a warning")
  })

  it("names an artifact that was not built", () => {
    assert.deepInclude(check("dist/none"), { status: 2 })
    assert.include(check("dist/none").stderr, "dist/none is not there")
  })
})
