-- Who is told that a cap of the offer is reached; '': the network's own address.
ALTER TABLE offer ADD COLUMN admin_threshold_email VARCHAR(255) NOT NULL DEFAULT '';
