/** What stands behind a handle, as its form alone tells. It is apart from what reads numbers, which is large. */

/**
 * What a handle is: a phone number in E.164, an email in lower case, or a machine: a business of Messages
 * (`urn:biz:…`), a code of digits, or a name that an SMS came under. Machines are nobody who could be written back to.
 */
export type HandleKind = "phone" | "email" | "business" | "code" | "name"

const FORMS: ReadonlyArray<readonly [HandleKind, RegExp]> = [
  ["phone", /^\+[1-9]\d{3,14}$/],
  [
    "email",
    /^[a-z0-9.!#$%&'+/=?^_{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{1,62}[a-z0-9]$/
  ],
  ["business", /^urn:[a-z0-9-]{1,32}:[a-z0-9+%=._:~-]{1,128}$/],
  ["code", /^\d{1,20}$/],
  [
    "name",
    /^(?:[*#]{1,2}\d{1,10}#?|(?=.{0,39}[a-z])[a-z0-9](?:[a-z0-9 .&'()*#!/_-]{0,38}[a-z0-9.&'()*#!/_-])?)$/
  ]
]

/** The longest handle, in characters: that of an email. */
export const LONGEST = 254

/** What a text in the strict form is; nothing for one that is not in it. */
export const kindOf = (handle: string): HandleKind | undefined =>
  handle.length > LONGEST ? undefined : FORMS.find(([, form]) => form.test(handle))?.[0]
