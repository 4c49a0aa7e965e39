create table approved_tool (
  server      varchar(64)  not null,
  tool        varchar(255) not null,
  definition  text         not null,
  approved_at timestamp with time zone not null,
  approved_by varchar(255) not null,
  primary key (server, tool)
);
