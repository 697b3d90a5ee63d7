-- The names of cities in the other languages that reports are asked for; '' where no geo file has one.
ALTER TABLE place
  ADD COLUMN city_ru  VARCHAR(128) NOT NULL DEFAULT '',
  ADD COLUMN city_es  VARCHAR(128) NOT NULL DEFAULT '';
