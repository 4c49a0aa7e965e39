-- What an expert answered, short: tells how often those who err agree.
alter table outcome add column answer varchar(500);
