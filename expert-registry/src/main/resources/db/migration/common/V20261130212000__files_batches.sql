-- Files that callers hand over, and batches that read and write them.

create table stored_file (
  id         varchar(64)  primary key,
  tenant     varchar(255) not null,
  owner      varchar(255) not null,
  name       varchar(255) not null,
  purpose    varchar(32)  not null,
  bytes      bigint       not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone
);
create index stored_file_by_owner on stored_file (tenant, owner, created_at, id);
create index stored_file_by_end on stored_file (expires_at);

-- In pieces, for the embedded store bounds a binary value.
create table stored_file_part (
  file  varchar(64) not null references stored_file (id) on delete cascade,
  part  integer     not null,
  bytes bytea       not null,
  primary key (file, part)
);

create table batch (
  id            varchar(64)  primary key,
  tenant        varchar(255) not null,
  owner         varchar(255) not null,
  record        boolean      not null,
  endpoint      varchar(64)  not null,
  input_file    varchar(64)  not null,
  time_window   varchar(16)  not null,
  keep_seconds  bigint,
  metadata      text,
  state         varchar(16)  not null,
  created_at    timestamp with time zone not null,
  expires_at    timestamp with time zone not null,
  begun_at      timestamp with time zone,
  finalizing_at timestamp with time zone,
  cancelling_at timestamp with time zone,
  ended_at      timestamp with time zone,
  total         integer      not null,
  completed     integer      not null,
  failed        integer      not null,
  output_file   varchar(64),
  error_file    varchar(64),
  errors        text
);
create index batch_by_owner on batch (tenant, owner, created_at, id);
create index batch_by_input on batch (input_file);

-- What came of each line of the input; gone once it stands in the files of the batch.
create table batch_line (
  batch varchar(64) not null references batch (id) on delete cascade,
  line  integer     not null,
  ok    boolean     not null,
  json  text        not null,
  primary key (batch, line)
);
create index batch_line_by_ok on batch_line (batch, ok, line);

-- db-scheduler's own table: work that outlives the process that began it.
create table scheduled_tasks (
  task_name            varchar(100) not null,
  task_instance        varchar(100) not null,
  task_data            bytea,
  execution_time       timestamp with time zone not null,
  picked               boolean not null,
  picked_by            varchar(64),
  last_success         timestamp with time zone,
  last_failure         timestamp with time zone,
  consecutive_failures integer,
  last_heartbeat       timestamp with time zone,
  version              bigint not null,
  priority             smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_by_time on scheduled_tasks (execution_time);
create index scheduled_tasks_by_heartbeat on scheduled_tasks (last_heartbeat);
