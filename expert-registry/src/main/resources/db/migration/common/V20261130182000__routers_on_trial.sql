-- A version on trial: the share of questions it decides as a canary; 0 otherwise.
alter table router_version add column share double precision default 0 not null;
