/** Which database of which server an address means, without who opens it: `host:port/database`. */
export const databaseName = (url: string): string => {
  if (!URL.canParse(url)) return "(an address that cannot be read)"
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}
