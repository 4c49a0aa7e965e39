-- What tenants' memories hold: facts that were stated, and what plan was how right for what question.
create table note (
  id            varchar(64)  primary key,
  tenant        varchar(255) not null,
  kind          varchar(16)  not null,
  subject       varchar(255) not null,
  text          text         not null,
  experts       text         not null,
  score         double precision,
  source        varchar(255) not null,
  created_at    timestamp with time zone not null,
  valid_from    timestamp with time zone not null,
  valid_until   timestamp with time zone,
  superseded_by varchar(64),
  uses          bigint       not null,
  used_at       timestamp with time zone,
  embedder      varchar(255) not null,
  vector        bytea        not null
);
create index note_by_tenant on note (tenant, kind, id);
create index note_by_source on note (source);
