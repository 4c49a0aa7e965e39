-- Where an answer may be given again to a question in other words: the frame is the hash of all of the
-- request but that question, the vector is the question's.
alter table kept_answer add column frame varchar(64);
alter table kept_answer add column embedder varchar(255);
alter table kept_answer add column vector bytea;
create index kept_answer_by_frame on kept_answer (frame, made_at);
