// SPDX-License-Identifier: MIT OR Apache-2.0
/** `device.key` beside the database: an Ed25519 key, sealed by the vault (contract 4). */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { hostname } from "node:os"
import { isSameBytes } from "../domain/identity.ts"
import { DeviceKey, DeviceKeyUnusable } from "../services/DeviceKey.ts"
import { Ed25519 } from "../services/Ed25519.ts"
import { Identities } from "../services/Identities.ts"
import { Settings } from "../services/Settings.ts"
import { Vault } from "../services/Vault.ts"

const purpose = "device.key"

const make = Effect.gen(function* () {
  const ed25519 = yield* Ed25519
  const files = yield* FileSystem.FileSystem
  const identities = yield* Identities
  const paths = yield* Path.Path
  const vault = yield* Vault
  const { storage } = yield* Settings
  const path = paths.join(paths.dirname(storage.path), purpose)
  const unusable = (detail: string) => () => new DeviceKeyUnusable({ path, detail })

  /** Written under another name first, so that a key is never half there. */
  const create = Effect.gen(function* () {
    const { privateKey, publicKey } = ed25519.generate()
    const sealed = yield* vault.seal(purpose, privateKey)
    privateKey.fill(0)
    const draft = `${path}.new`
    yield* files
      .writeFile(draft, sealed, { mode: 0o600 })
      .pipe(
        Effect.andThen(files.rename(draft, path)),
        Effect.mapError(unusable("cannot be written: check the directory and its free space."))
      )
    return publicKey
  })

  const read = Effect.gen(function* () {
    const sealed = yield* Effect.mapError(files.readFile(path), unusable("cannot be read."))
    const privateKey = Option.getOrUndefined(yield* vault.unseal(purpose, sealed))
    if (privateKey === undefined)
      return yield* unusable(
        "was changed, or was sealed by another vault. Move it away to have a new one made."
      )()
    const publicKey = ed25519.publicKeyOf(privateKey)
    privateKey.fill(0)
    return publicKey
  })

  return DeviceKey.of({
    ensure: Effect.gen(function* () {
      const exists = yield* Effect.orElseSucceed(files.exists(path), () => false)
      const found = exists ? Option.some(yield* read) : Option.none()
      const known = (yield* identities.devices).find(
        (device) => Option.isSome(found) && isSameBytes(device.publicKey, found.value)
      )
      if (known?.revokedAt === null) return { device: known, isNew: false }
      // A key that was shut out stays so: this machine gets another.
      const publicKey = known === undefined && Option.isSome(found) ? found.value : yield* create
      const device = yield* identities
        .addDevice(hostname().slice(0, 64), publicKey, ["chat", "read", "admin"])
        .pipe(Effect.catchTag("DeviceKnown", (error) => Effect.die(error)))
      return { device, isNew: true }
    }).pipe(Effect.withSpan("DeviceKey.ensure"))
  })
})

export const layer = Layer.effect(DeviceKey, make)
