-- Decisions drawn uniformly by their ids: those of the audit sample, and those for the judge.
create table sampled_decision (
  decision  varchar(128) primary key references decision (id) on delete cascade,
  at        timestamp with time zone not null,
  audit     boolean not null,
  judge     boolean not null,
  judged_at timestamp with time zone,
  verdict   varchar(16)
);
create index sampled_decision_by_time on sampled_decision (at);

create table judge_spend (
  spent_on date primary key,
  usd      double precision not null
);
