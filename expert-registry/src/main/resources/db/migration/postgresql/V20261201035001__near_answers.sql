-- The vector of a kept answer's question once more, in half precision. The newest of one frame are read
-- and not indexed: an index over all frames would miss those of a small one.
alter table kept_answer add column near halfvec;
create index kept_answer_unplaced on kept_answer (frame) where near is null and vector is not null;
