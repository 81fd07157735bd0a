/** A template with its placeholders (`{name}`) filled; what is none, or has no value, stays as it is. */
export const filled = (template: string, values: Readonly<Record<string, string | undefined>>): string =>
  template.replace(
    /\{(\w+)\}/gu,
    (all, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? all
  )
