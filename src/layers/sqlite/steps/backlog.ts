/** Finds what waits for one actor without looking through what waits for the others. */
export const backlog = `
CREATE INDEX mailbox_waiting_of ON mailbox (entity_type, entity_id, seq) WHERE processed = 0;
`
