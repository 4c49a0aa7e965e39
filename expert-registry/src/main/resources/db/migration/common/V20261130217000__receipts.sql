-- What was forgotten, without what it was.
create table receipt (
  id      varchar(64)  primary key,
  at      timestamp with time zone not null,
  api_key varchar(255),
  what    varchar(16)  not null,
  subject varchar(64)  not null,
  removed text         not null,
  digest  varchar(64)  not null
);
