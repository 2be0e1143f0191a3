// SPDX-License-Identifier: MIT OR Apache-2.0
/** `device.key` beside the database: an Ed25519 key, sealed by the vault (contract 4). */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { hostname } from "node:os"
import { type Device, isSameBytes } from "../domain/identity.ts"
import { DeviceKey, DeviceKeyUnusable } from "../services/DeviceKey.ts"
import { Ed25519 } from "../services/Ed25519.ts"
import { Identities } from "../services/Identities.ts"
import { Settings } from "../services/Settings.ts"
import { Vault } from "../services/Vault.ts"

const purpose = "device.key"

const ourName = hostname().slice(0, 50)
const isNamedAfterUs = (name: string) =>
  name === ourName ||
  (name.startsWith(`${ourName} `) && /^\d+$/.test(name.slice(ourName.length + 1)))

/** `host`, or `host 2` when another device has that name. */
const freeName = (devices: ReadonlyArray<Device>): string => {
  const isTaken = (name: string) => devices.some((device) => device.name === name)
  let name = ourName
  for (let number = 2; isTaken(name); number++) name = `${ourName} ${number}`
  return name
}

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
      const active = (yield* identities.devices).filter(({ revokedAt }) => revokedAt === null)
      const isOurs = (device: Device) =>
        Option.isSome(found) && isSameBytes(device.publicKey, found.value)
      const earlier = active.filter((device) => isNamedAfterUs(device.name) && !isOurs(device))
      const known = active.find(isOurs)
      if (known !== undefined) return { device: known, isNew: false, earlier }
      // A key that was shut out stays so: this machine gets another.
      const isShutOut = (yield* identities.devices).some(isOurs)
      const publicKey = Option.isSome(found) && !isShutOut ? found.value : yield* create
      const device = yield* identities
        .addDevice(freeName(active), publicKey, ["chat", "read", "admin"])
        .pipe(
          Effect.catchTags({
            DeviceKnown: (error) => Effect.die(error),
            NameTaken: (error) => Effect.die(error)
          })
        )
      return { device, isNew: true, earlier }
    }).pipe(Effect.withSpan("DeviceKey.ensure"))
  })
})

export const layer = Layer.effect(DeviceKey, make)
