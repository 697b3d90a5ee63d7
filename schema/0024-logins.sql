-- When and from where accounts came: a login is the first call with a key of the account from an address, after
-- an hour at least.
CREATE TABLE account_login (
  account_id  INT UNSIGNED NOT NULL,
  ip          VARCHAR(45) CHARACTER SET ascii NOT NULL,
  at_us       BIGINT NOT NULL,
  PRIMARY KEY (account_id, ip, at_us),
  KEY account_login_at (at_us)
);
CREATE TABLE account_last_login (
  account_id  INT UNSIGNED NOT NULL PRIMARY KEY,
  ip          VARCHAR(45) CHARACTER SET ascii NOT NULL,
  at_us       BIGINT NOT NULL,
  KEY account_last_login_at (at_us),
  KEY account_last_login_ip (ip)
);

-- affiliate/search finds by any of these, among a hundred thousand, without reading them all.  Names of people
-- and places are the same in any case.
ALTER TABLE account_person
  MODIFY COLUMN firstname VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN lastname VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN company VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN address1 VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN address2 VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN city VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN state VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  MODIFY COLUMN country VARCHAR(255) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  ADD KEY account_person_firstname (firstname),
  ADD KEY account_person_lastname (lastname),
  ADD KEY account_person_company (company),
  ADD KEY account_person_address1 (address1),
  ADD KEY account_person_address2 (address2),
  ADD KEY account_person_city (city),
  ADD KEY account_person_state (state),
  ADD KEY account_person_country (country),
  ADD KEY account_person_zip_code (zip_code),
  ADD KEY account_person_url (url(190)),
  ADD KEY account_person_icq (icq),
  ADD KEY account_person_aim (aim),
  ADD KEY account_person_join_ip (join_ip);
ALTER TABLE account
  ADD KEY account_status (status, id),
  ADD KEY account_created (created_us),
  ADD KEY account_manager (manager_id),
  ADD KEY account_ref (ref_account_id),
  ADD KEY account_payvia_type (payvia_type_id);
