-- Most decisions ask one expert: it is a column of theirs, and decision_expert holds those asked
-- besides. In earlier rows it holds the first as well, which harms nobody.
alter table decision add column expert varchar(128);
update decision set expert =
  (select min(e.expert) from decision_expert e where e.decision = decision.id);
