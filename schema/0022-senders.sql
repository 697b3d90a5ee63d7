-- Who may void and ask for host-and-post clicks, by offer and by advertiser (allowed_ip of both is who may post), and
-- who may not report at all.
ALTER TABLE offer ADD COLUMN void_ips TEXT NOT NULL DEFAULT '', ADD COLUMN hostnpost_ips TEXT NOT NULL DEFAULT '',
  ADD COLUMN disallowed_ip TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN void_ips TEXT NOT NULL DEFAULT '', ADD COLUMN hostnpost_ips TEXT NOT NULL DEFAULT '';
