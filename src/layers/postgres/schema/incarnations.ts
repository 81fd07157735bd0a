/** Which process a host is, by a text that no other has: the row of one that another process has taken the place of has not its. */
export const incarnations = `ALTER TABLE hosts ADD COLUMN incarnation TEXT COLLATE "C"`
