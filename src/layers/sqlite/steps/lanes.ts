/** Which messages of an actor are carried out one after the other; deliveries whose chat was in another chat.db. */

/** What waits already for an account, by where it is to be sent; of what is finished nobody asks. */
const LANE_OF_DELIVERY = `
  CASE json_extract(envelope, '$.payload.target._tag')
    WHEN 'ChatId' THEN 'chat_id:' || json_extract(envelope, '$.payload.target.chatId')
    WHEN 'ChatGuid' THEN 'chat_guid:' || json_extract(envelope, '$.payload.target.chatGuid')
    WHEN 'ChatIdentifier' THEN 'chat_identifier:' || json_extract(envelope, '$.payload.target.chatIdentifier')
    WHEN 'Handle' THEN
      json_extract(envelope, '$.payload.target.service') || ':' || json_extract(envelope, '$.payload.target.handle')
  END`

export const lanes = `
ALTER TABLE mailbox ADD COLUMN lane TEXT NOT NULL DEFAULT '';
UPDATE mailbox SET lane = coalesce(${LANE_OF_DELIVERY}, '')
  WHERE processed = 0 AND entity_type = 'Account' AND kind = 'Request';
DROP INDEX mailbox_waiting_of;
CREATE INDEX mailbox_waiting_of ON mailbox (entity_type, entity_id, seq, lane) WHERE processed = 0;
CREATE INDEX mailbox_waiting_in ON mailbox (entity_type, entity_id, lane, seq) WHERE processed = 0 AND lane <> '';

CREATE TABLE stranded_deliveries (
  account_id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  PRIMARY KEY (account_id, delivery_id)
) STRICT, WITHOUT ROWID;
`
