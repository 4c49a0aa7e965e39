-- The most that questions asked under a key may be answered from the cache, and whether what is said
-- of their answers teaches the router that all tenants share.
alter table api_key add column caching varchar(16) default 'SEMANTIC' not null;
alter table api_key add column teaches boolean default true not null;
