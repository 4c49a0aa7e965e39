-- Where the right answer of a question is known, others can be asked it and checked.
alter table item add column answer text;
alter table item add column check_name varchar(16);
