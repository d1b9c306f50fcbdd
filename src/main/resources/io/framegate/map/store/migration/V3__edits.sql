-- Edits: where new features get their ids from, who changed what, and which saves were made.

-- Ids of new features: above all that are made of OpenStreetMap's (a way's id times 4096 stays below 2^52 up to 2^40 ways),
-- and within what a double holds exactly, since clients in JavaScript know no other numbers.
create sequence feature_id as bigint minvalue 4503599627370496 maxvalue 9007199254740991;

-- The last change's number. Its row is locked from the moment a save takes its numbers until it commits, so numbers become
-- visible in their order and without gaps; numbers of a sequence would not. A save takes them as its last act and waits for
-- nothing afterwards.
create table change_counter (
    only_row boolean primary key default true check (only_row),
    last     bigint  not null
);
insert into change_counter (last) values (0);

-- One row for each change of a feature. It outlives the data set's partitions: when a data set is loaded anew its id is
-- another, and the changes of the old one remain, for whoever asks what became of them.
create table change (
    number     bigint      primary key,
    data_set   integer     not null,
    changed_at timestamptz not null,
    author     text        not null,
    save_key   text        not null,
    kind       integer     not null,
    feature_id bigint      not null,
    version    integer     not null,
    operation  integer     not null,
    record     bytea       not null,
    -- Around the feature as it was and as it is.
    west       integer     not null,
    south      integer     not null,
    east       integer     not null,
    north      integer     not null
);
alter table change alter record set storage external;
create index change_data_set on change (data_set, number);
create index change_feature  on change (data_set, kind, feature_id);

-- The saves that were made, by the keys that their clients gave them. A row is inserted first of all in a save and holds
-- up another one with the same key until the commit.
create table save (
    key      text        primary key,
    -- SHA-256 of the request.
    digest   bytea       not null,
    saved_at timestamptz not null default now(),
    -- The answer as it goes over the wire; null only while the save is under way.
    result   bytea
);
