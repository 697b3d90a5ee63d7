-- The logo of an offer: a file of the network's own (a name of stored_file and its extension) or one elsewhere.
ALTER TABLE offer_display
  ADD logo_file VARCHAR(41) CHARACTER SET ascii NOT NULL DEFAULT '',
  ADD logo_url VARCHAR(2048) NOT NULL DEFAULT '';
