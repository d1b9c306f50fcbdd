-- Blocks: features that lie together, ready to be sent together.
--
-- A row for each feature costs PostgreSQL half a microsecond of an answer, whatever the feature has. So a load also stores the
-- records by the block: up to 64 neighbours of one kind, one after the other. An area query takes the blocks that lie in the
-- area whole, looks into those at its edge, and has features one by one only where they are in no block.
--
-- An edit leaves blocks as they are. A feature is in one as long as its row has a place; the first edit takes it out: the row loses
-- its place, and a hole in the block tells that what it has there is no feature any more. Both are done by triggers, in the
-- transaction of the edit, whoever makes it; so one statement sees each feature once, in a block or by itself. Blocks with holes
-- are made anew by the upkeep of the map (BlockUpkeep), with every position where it was, and features in no block come into new ones.
--
--   place     of a feature: number of its block * 64 + its position from 0; 0 for one that is in no block
--   kind      of a block, in the order of feature_tables(): 0 link ... 6 heights of a line
--   bytes     of the records together
--   places    of each record 22 bytes, little-endian: int32 west, south, east, north from the block's south-western corner,
--             int16 zoom level, int32 size
--   deflated  the records as deflated blocks (RFC 1951) that end with a byte and are not the last: pieces of a zlib stream
--   adler32   of the records (RFC 1950), for that stream's end
create table block (
    data_set   integer  not null,
    kind       integer  not null,
    number     integer  not null,
    features   integer  not null,
    least_zoom smallint not null,
    most_zoom  smallint not null,
    bytes      integer  not null,
    adler32    integer  not null,
    bbox       box      not null,
    places     bytea    not null,
    records    bytea    not null,
    deflated   bytea    not null,
    primary key (data_set, kind, number)
) partition by list (data_set);

alter table block
    alter places   set storage external,
    alter records  set storage external,
    alter deflated set storage external;

create table hole (
    data_set integer  not null,
    kind     integer  not null,
    block    integer  not null,
    position smallint not null,
    -- Where the feature was.
    bbox     box      not null,
    primary key (data_set, kind, block, position)
) partition by list (data_set);

create function leave_block() returns trigger language plpgsql as $$
begin
    insert into map.hole (data_set, kind, block, position, bbox)
        values (old.data_set, tg_argv[0]::integer, old.place >> 6, old.place & 63, old.bbox);
    if tg_op = 'DELETE' then
        return old;
    end if;
    new.place := 0;
    return new;
end $$;

do $$
declare
    kind text;
    code integer := 0;
begin
    foreach kind in array feature_tables() loop
        execute format('alter table %I add column place integer not null default 0', kind);
        execute format('create index %I on %I using gist (bbox) where place = 0', kind || '_in_no_block', kind);
        execute format('create index %I on block using gist (bbox) where kind = %s', 'block_of_' || kind, code);
        execute format('create index %I on hole using gist (bbox) where kind = %s', 'hole_of_' || kind, code);
        execute format(
            'create trigger leave_block before update or delete on %I for each row when (old.place <> 0)'
            ' execute function leave_block(%s)', kind, code);
        code := code + 1;
    end loop;
end $$;

-- Data sets of before have no blocks until the upkeep has made some, or they are loaded again.
do $$
declare
    old_id integer;
begin
    for old_id in select id from data_set loop
        execute format('create table %I partition of block for values in (%s)', 'block_' || old_id, old_id);
        execute format('create table %I partition of hole for values in (%s)', 'hole_' || old_id, old_id);
    end loop;
end $$;

-- As in V7, and a table for the blocks. Rows that are copied without a place are in none.
create or replace function begin_load() returns integer language plpgsql set search_path from current as $$
declare
    new_id integer := nextval('data_set_id');
    kind   text;
    stored record;
begin
    foreach kind in array feature_tables() || array['block'] loop
        execute format('create table loading_%s (%s)', kind, columns_of_load(kind));
        for stored in
            select attname from pg_attribute
            where attrelid = kind::regclass and attnum > 0 and not attisdropped and attstorage = 'e'
        loop
            execute format('alter table loading_%s alter %I set storage external', kind, stored.attname);
        end loop;
        execute format('alter table loading_%s alter data_set set default %s', kind, new_id);
        if kind <> 'block' then
            execute format('alter table loading_%s alter place set default 0', kind);
        end if;
        -- Lets ATTACH take the new partition without reading it.
        execute format('alter table loading_%s add constraint one_data_set check (data_set = %s)', kind, new_id);
    end loop;
    return new_id;
end $$;

-- As in V2, and the same for the blocks.
create or replace function finish_load(new_id integer, new_name text, new_source text, new_attribution text)
    returns void language plpgsql set search_path from current as $$
declare
    old_id integer;
    kind   text;
    counts integer[];
    n      integer;
begin
    foreach kind in array feature_tables() || array['block'] loop
        execute format('select count(*) from loading_%s', kind) into n;
        counts := counts || n;
        execute format('alter table loading_%s rename to %I', kind, kind || '_' || new_id);
        execute format('alter table %I attach partition %I for values in (%s)', kind, kind || '_' || new_id, new_id);
        execute format('alter table %I drop constraint one_data_set', kind || '_' || new_id);
        execute format('analyze %I', kind || '_' || new_id);
    end loop;
    execute format('create table %I partition of hole for values in (%s)', 'hole_' || new_id, new_id);
    delete from data_set where name = new_name returning id into old_id;
    insert into data_set (id, name, source, attribution, links, nodes, polygons, polylines,
                          pass_infos, polygons_3d, heights_3d)
        values (new_id, new_name, new_source, new_attribution, counts[1], counts[2], counts[3], counts[4],
                counts[5], counts[6], counts[7]);
    if old_id is not null then
        foreach kind in array feature_tables() || array['block', 'hole'] loop
            execute format('drop table %I', kind || '_' || old_id);
        end loop;
    end if;
end $$;

-- As in V6; copied rows are in no block.
create or replace function begin_update(of_data_set integer) returns void language plpgsql set search_path from current as $$
declare
    kind text;
begin
    foreach kind in array feature_tables() loop
        execute format(
            'create unlogged table loading_%s (like %I including generated including storage)', kind, kind);
        execute format('alter table loading_%s alter data_set set default %s', kind, of_data_set);
        execute format('alter table loading_%s alter place set default 0', kind);
    end loop;
end $$;

-- As in V6, but for the place, which is the data set's own.
create or replace function feature_columns(kind text, prefix text, omitted text[]) returns text
    language sql stable set search_path from current as $$
    select string_agg(prefix || quote_ident(attname), ', ' order by attnum)
    from pg_attribute
    where attrelid = kind::regclass and attnum > 0 and not attisdropped and attgenerated = ''
        and attname <> all (omitted) and attname <> 'place'
$$;
