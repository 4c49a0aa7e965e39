-- The questions outcomes are about: what a router is fitted from.
create table item (
  id         varchar(255) primary key,
  question   text         not null,
  category   varchar(255) not null,
  hash       double precision not null,
  created_at timestamp with time zone not null
);

-- Null: not known. Zero: free, or an empty answer.
alter table outcome alter column usd drop not null;
alter table outcome add column tokens double precision;
create index outcome_by_expert on outcome (expert, seq);

create table router_version (
  id          varchar(64)  primary key,
  created_at  timestamp with time zone not null,
  state       varchar(16)  not null,
  promoted_at timestamp with time zone,
  embedder    varchar(255) not null,
  fingerprint varchar(128) not null,
  experts     text         not null,
  metrics     text         not null
);

-- A fitted router as its library wrote it, in pieces, for the embedded store bounds a binary value.
create table router_part (
  version varchar(64) not null references router_version (id) on delete cascade,
  part    integer     not null,
  bytes   bytea       not null,
  primary key (version, part)
);

create table job (
  id          varchar(64)  primary key,
  kind        varchar(16)  not null,
  state       varchar(16)  not null,
  tenant      varchar(255) not null,
  runner      varchar(255) not null,
  created_at  timestamp with time zone not null,
  finished_at timestamp with time zone,
  asked       text         not null,
  result      text,
  failure     text
);
create index job_by_time on job (created_at desc, id desc);
