-- For the goals of a reporting column.
ALTER TABLE txn ADD KEY txn_goal (goal_id, booked_us);
ALTER TABLE goal ADD KEY goal_in_column (column_id);
