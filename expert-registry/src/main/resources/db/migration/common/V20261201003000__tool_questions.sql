create table tool_question (
  version    varchar(64)  not null,
  tool       varchar(255) not null,
  questions  text         not null,
  writer     varchar(255) not null,
  usd        double precision not null,
  written_at timestamp with time zone not null,
  primary key (version)
);
