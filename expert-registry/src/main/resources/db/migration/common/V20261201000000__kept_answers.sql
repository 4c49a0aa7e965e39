-- Answers that may be given again: shared by replicas, and there after a restart. One that was called
-- wrong is marked and loses its texts, so that every replica hears of it; the row goes when it expires.
create table kept_answer (
  id         varchar(64)      primary key,
  tenant     varchar(255)     not null,
  decision   varchar(128)     not null,
  router     varchar(255)     not null,
  question   text             not null,
  answer     text             not null,
  size       integer          not null,
  usd        double precision not null,
  made_at    timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  dropped_at timestamp with time zone
);
create index kept_answer_by_decision on kept_answer (decision);
create index kept_answer_by_tenant on kept_answer (tenant);
create index kept_answer_by_end on kept_answer (expires_at);
create index kept_answer_by_drop on kept_answer (dropped_at);
