-- Passages of documents, for all replicas; made from the documents' files, and so not exported. Their
-- words, each once and with how often it is there, as io.consilium.expert.index.Words cuts them.
create table passage (
  collection varchar(160) not null,
  embedder   varchar(255) not null,
  id         text         not null,
  source     text         not null,
  heading    text         not null,
  text       text         not null,
  words      text[]       not null,
  counts     integer[]    not null,
  length     integer      not null,
  near       halfvec      not null,
  primary key (collection, embedder, id)
);
create index passage_by_words on passage using gin (words);

-- The vector of a note once more, in half precision, for the nearest. A tenant has some thousand notes
-- at most: they are read and not indexed, for an index of all tenants' would miss those of a small one.
alter table note add column near halfvec;
create index note_unplaced on note (tenant) where near is null;
