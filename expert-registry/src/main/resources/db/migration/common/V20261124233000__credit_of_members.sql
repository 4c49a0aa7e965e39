create table credit (
  decision   varchar(128) not null references decision (id) on delete cascade,
  expert     varchar(128) not null,
  version    integer      not null,
  at         timestamp with time zone not null,
  tenant     varchar(255) not null,
  aggregator varchar(255) not null,
  fused      double precision not null,
  left_out   double precision not null,
  primary key (decision, expert, version)
);
create index credit_by_expert on credit (expert, at);
