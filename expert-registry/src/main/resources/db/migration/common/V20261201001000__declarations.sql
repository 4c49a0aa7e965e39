-- What the experts file of each process declares, and when the process was last heard of.
create table declaration (
  runner  varchar(64)  not null,
  name    varchar(255) not null,
  seen_at timestamp with time zone not null,
  primary key (runner, name)
);
