-- Answers come by the thousand and nobody waits for them; that one is given no more all must hear.
create trigger told after update of dropped_at on kept_answer
  for each statement execute function tell_of_change();
