-- Affiliates that the network itself made to buy traffic: reports can be told to leave them out.
ALTER TABLE account ADD COLUMN mediabuy BOOLEAN NOT NULL DEFAULT FALSE AFTER inhouse;
