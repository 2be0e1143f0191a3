// SPDX-License-Identifier: MIT OR Apache-2.0
/** Keys that show by their form, of all whom people use; those of payments, mails, and others. */
import { models, clouds } from "./cloudFormats.ts"
import { chats, forges } from "./forgeFormats.ts"
import { format, type Format } from "./format.ts"

const payments: ReadonlyArray<Format> = [
  format(
    "stripe-key",
    ["sk_live_", "sk_test_", "rk_live_", "rk_test_"],
    /[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}/
  ),
  format("stripe-webhook-secret", ["whsec_"], /whsec_[\w+/=]{20,128}/),
  format(
    "square-token",
    ["EAAA", "sq0atp-", "sq0csp-"],
    /(?:EAAA[\w-]{56,64}|sq0(?:atp|csp)-[\w-]{22,43})/
  ),
  format(
    "braintree-token",
    ["access_token$"],
    /access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}/
  ),
  format(
    "shopify-token",
    ["shpat_", "shpss_", "shpca_", "shppa_"],
    /shp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}/
  ),
  format("razorpay-key", ["rzp_"], /rzp_(?:live|test)_[A-Za-z0-9]{14,32}/),
  format("plaid-token", ["access-"], /access-(?:production|sandbox|development)-[a-f0-9-]{36}/),
  format(
    "mollie-key",
    ["live_", "test_"],
    /(?:live|test)_(?=[A-Za-z]*\d)(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{30}(?!\w)/
  )
]

const mails: ReadonlyArray<Format> = [
  format("sendgrid-key", ["SG."], /SG\.[\w-]{16,32}\.[\w-]{32,64}/),
  format(
    "mailgun-key",
    ["key-"],
    /(?<!(?:[\w./-]|(?<!\bapi):|\bcaches?[ \t]{0,2}(?:key)?s?:?[ \t]{0,2}))key-[a-f0-9]{32}(?![a-f0-9])/
  ),
  format(
    "mailgun-key",
    Array.from("0abcdef", (left) => Array.from("0abcdef", (right) => `${left}-${right}`)).flat(),
    /[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![\w-])/,
    31
  ),
  format("mailchimp-key", ["-us"], /[a-f0-9]{32}-us\d{1,2}(?!\w)/, 32),
  format("resend-key", ["re_"], /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,40}/),
  format("brevo-key", ["xkeysib-"], /xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}/),
  format(
    "twilio-key",
    Array.from("0abcdef", (digit) => `SK${digit}`),
    /SK[a-f0-9]{32}(?![a-f0-9])/
  )
]

const others: ReadonlyArray<Format> = [
  format("figma-token", ["figd_"], /figd_[\w-]{32,128}/),
  format("postman-key", ["PMAK-"], /PMAK-[a-f0-9]{24}-[a-f0-9]{34}/),
  format("onepassword-token", ["ops_eyJ"], /ops_eyJ[\w+/=-]{60,2048}/),
  format("dropbox-token", ["sl."], /sl\.(?=[\w.-]*\d)(?:u\.)?[\w-]{60,2048}/),
  format("contentful-token", ["CFPAT-"], /CFPAT-[\w-]{40,64}/),
  format("typeform-token", ["tfp_"], /tfp_[\w.-]{40,80}/),
  format("mapbox-token", ["sk.eyJ"], /sk\.eyJ[\w-]{20,256}\.[\w-]{16,64}/)
]

const ours: ReadonlyArray<Format> = [
  format("blufio-key", ["blufio_"], /blufio_[\w-]{4,40}_[\w-]{32,64}/)
]

export const formats: ReadonlyArray<Format> = [
  ...ours,
  ...models,
  ...clouds,
  ...forges,
  ...chats,
  ...payments,
  ...mails,
  ...others
]
