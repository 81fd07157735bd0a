/** What lets a role make tables in a database of PostgreSQL: from version 15 on that is for the database's owner. */

/** As SQL has a name: in quotes where it is not a plain one. */
const named = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`

/** How a role comes to own a database (`host:port/database`), where its name is known and where not. */
export const ownerHint = (file: string, role?: string): string =>
  "The role that opens the database has to own it. Have the server's superuser say: " +
  `ALTER DATABASE ${named(file.slice(file.lastIndexOf("/") + 1))} OWNER TO ${role === undefined ? "ROLE" : named(role)}` +
  (role === undefined ? ", where ROLE is the user in cluster.postgres.url" : "") +
  "; and of tables in it that are another role's the same, with ALTER TABLE."
