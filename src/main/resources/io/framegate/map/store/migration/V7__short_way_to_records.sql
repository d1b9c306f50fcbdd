-- What an area query looks at stands first in a row of a load.
--
-- PostgreSQL takes a row apart column by column, up to the last one that is asked for; a record stood behind a text and a dozen
-- other columns, and to get there was a sixth of its work on an area. A partition may have its columns in another order than
-- its table. Data sets of before keep theirs until they are loaded again.

-- The columns of a table as CREATE TABLE wants them: those first that an area query looks at.
create function columns_of_load(kind text) returns text language sql stable set search_path from current as $$
    select string_agg(
        format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
            || case when a.attgenerated = 's'
                then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid)) else '' end
            || case when a.attnotnull then ' not null' else '' end,
        ', ' order by array_position(array['data_set', 'min_zoom', 'record'], a.attname::text), a.attnum)
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = kind::regclass and a.attnum > 0 and not a.attisdropped
$$;

-- As in V2, but for the order of columns.
create or replace function begin_load() returns integer language plpgsql set search_path from current as $$
declare
    new_id integer := nextval('data_set_id');
    kind   text;
    stored record;
begin
    foreach kind in array feature_tables() loop
        execute format('create table loading_%s (%s)', kind, columns_of_load(kind));
        for stored in
            select attname from pg_attribute
            where attrelid = kind::regclass and attnum > 0 and not attisdropped and attstorage = 'e'
        loop
            execute format('alter table loading_%s alter %I set storage external', kind, stored.attname);
        end loop;
        execute format('alter table loading_%s alter data_set set default %s', kind, new_id);
        -- Lets ATTACH take the new partition without reading it.
        execute format('alter table loading_%s add constraint one_data_set check (data_set = %s)', kind, new_id);
    end loop;
    return new_id;
end $$;
