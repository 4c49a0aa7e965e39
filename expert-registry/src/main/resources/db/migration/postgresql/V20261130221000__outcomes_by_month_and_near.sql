-- Outcomes lie in a table for each month (UTC), so that old ones go by dropping tables, which leaves
-- nothing to vacuum. What no month's table takes lies in outcome_other.
create sequence outcome_number;
alter table outcome rename to outcome_whole;
alter table outcome_whole rename constraint outcome_pkey to outcome_whole_pkey;

create table outcome (
  seq        bigint not null default nextval('outcome_number'),
  expert     varchar(160) not null,
  item       varchar(255) not null,
  correct    double precision not null,
  weight     double precision not null,
  usd        double precision,
  millis     double precision not null,
  category   varchar(255) not null,
  tenant     varchar(255) not null,
  at         timestamp with time zone not null,
  propensity double precision not null,
  source     varchar(16)  not null,
  note       text,
  tokens     double precision,
  answer     varchar(500),
  primary key (seq, at)
) partition by range (at);
alter sequence outcome_number owned by outcome.seq;
create table outcome_other partition of outcome default;

-- Sees to it that a time's month has its table; to be called apart from a transaction that writes.
create function outcome_month(moment timestamp with time zone) returns void language plpgsql as $$
declare
  first timestamp := date_trunc('month', moment at time zone 'UTC');
  name  text := 'outcome_' || to_char(first, 'YYYY_MM');
begin
  if to_regclass(name) is null then
    perform pg_advisory_xact_lock(hashtext('outcome_month'));
    if to_regclass(name) is null then
      execute format('create table %I partition of outcome for values from (%L) to (%L)',
        name, first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
    end if;
  end if;
end
$$;

select outcome_month(min(at)) from outcome_whole
  where at >= '2020-01-01' and at < now() + interval '2 months'
  group by date_trunc('month', at at time zone 'UTC');
insert into outcome (seq, expert, item, correct, weight, usd, millis, category, tenant, at, propensity,
    source, note, tokens, answer)
  select seq, expert, item, correct, weight, usd, millis, category, tenant, at, propensity,
    source, note, tokens, answer from outcome_whole;
select setval('outcome_number', coalesce(max(seq), 0) + 1, false) from outcome;
drop table outcome_whole;

create index outcome_by_item on outcome (item);
create index outcome_by_expert on outcome (expert, seq);
create trigger told after insert or update or delete on outcome
  for each statement execute function tell_of_change();

-- The vector once more, in half precision, for an index of the nearest; made from the other, and so
-- neither exported nor missed. Each embedder's index is made when it is first known.
alter table item_vector add column near halfvec;
