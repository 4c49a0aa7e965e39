-- Replicas listen on the channel for the tables that changed: io.consilium.expert.jdbc.Changes. A
-- statement tells once, however many rows it touches, and what a transaction tells twice is sent once.
create function tell_of_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('consilium', tg_table_name);
  return null;
end
$$;

create trigger told after insert or update or delete on card_version
  for each statement execute function tell_of_change();
create trigger told after insert or update or delete on api_key
  for each statement execute function tell_of_change();
create trigger told after insert or update or delete on router_version
  for each statement execute function tell_of_change();
create trigger told after insert or update or delete on outcome
  for each statement execute function tell_of_change();
create trigger told after insert or update or delete on job
  for each statement execute function tell_of_change();
