/** The words of what was finished before they left the store with it; and those of parts that a crash left behind. */

/** As a part without words is written down: it stays what it was when this step was released. */
const WORDLESS = `'{"_tag":"Text","text":""}'`

export const words = `
UPDATE parts SET part = ${WORDLESS}
WHERE settled_at IS NOT NULL
  AND delivery_id NOT IN (SELECT id FROM dead_letters WHERE kind = 'delivery')
  AND delivery_id NOT IN (
    SELECT json_extract(envelope, '$.payload.id') FROM mailbox
    WHERE processed = 0 AND entity_type = 'Account' AND kind = 'Request'
      AND json_extract(envelope, '$.payload.id') IS NOT NULL);
UPDATE mailbox SET envelope = '{}' WHERE processed = 1;
CREATE INDEX parts_with_words ON parts (settled_at, delivery_id, part_index)
  WHERE settled_at IS NOT NULL AND part <> ${WORDLESS};
`
