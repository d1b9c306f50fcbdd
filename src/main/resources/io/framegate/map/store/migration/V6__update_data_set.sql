-- Updates: a data set becomes what a newer file says, feature by feature, and keeps its id, its history and what was edited.
--
-- All of an update is one transaction of its caller, in this order:
--   begin_update        tables to copy the file's features into, like those of a load
--   compare_update      what differs, and which of it was edited here
--   keep_edits          makes the copied features what the data set is to be: with the edits, and what these hang on
--   (the caller)        nodes and turn rules beside what was kept are derived anew, which takes their records apart
--   finish_update       writes what still differs, with new versions and a history
-- Whoever reads sees the old features until the commit. Saves wait from compare_update on, by the row of the data set.

-- The records that are compared here begin with an id (8 bytes) and a version (4), but heights of lines have a kind between.
create function version_bytes(version integer) returns bytea language sql immutable strict parallel safe as $$
    select substring(b from 4 for 1) || substring(b from 3 for 1) || substring(b from 2 for 1) || substring(b from 1 for 1)
    from (select int4send(version)) as big_endian (b)
$$;

create function version_in(record bytea, first_byte integer) returns integer language sql immutable strict parallel safe as $$
    select get_byte(record, first_byte - 1) | (get_byte(record, first_byte) << 8)
        | (get_byte(record, first_byte + 1) << 16) | (get_byte(record, first_byte + 2) << 24)
$$;

-- Where a record has its version: the first of four bytes, from 1 up.
create function version_place(kind text) returns integer language sql immutable strict parallel safe as $$
    select case kind when 'height_3d' then 13 else 9 end
$$;

-- The ids in a column like via_links: int64, little-endian.
create function ids_in(bytes bytea) returns setof bigint language sql immutable strict parallel safe as $$
    select (select bit_or(get_byte(bytes, i + k)::bigint << 8 * k) from generate_series(0, 7) as k)
    from generate_series(0, octet_length(bytes) - 8, 8) as i
$$;

create function links_of_rule(from_link bigint, via_links bytea, to_link bigint) returns setof bigint
    language sql immutable strict parallel safe set search_path from current as $$
    select from_link union select to_link union select ids_in(via_links)
$$;

-- All columns of a table of features that are not derived, by commas, each with a prefix; without some of them.
create function feature_columns(kind text, prefix text, omitted text[]) returns text
    language sql stable set search_path from current as $$
    select string_agg(prefix || quote_ident(attname), ', ' order by attnum)
    from pg_attribute
    where attrelid = kind::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attname <> all (omitted)
$$;

-- Makes the tables to copy into, named as those of a load.
create function begin_update(of_data_set integer) returns void language plpgsql set search_path from current as $$
declare
    kind text;
begin
    foreach kind in array feature_tables() loop
        execute format(
            'create unlogged table loading_%s (like %I including generated including storage)', kind, kind);
        execute format('alter table loading_%s alter data_set set default %s', kind, of_data_set);
    end loop;
end $$;

-- Ends the copying: two features of one id end the update here.
create function index_update() returns void language plpgsql set search_path from current as $$
declare
    kind text;
begin
    foreach kind in array feature_tables() loop
        execute format('alter table loading_%s add primary key (%s)', kind,
            case kind when 'height_3d' then 'kind, id' else 'id' end);
        execute format('analyze loading_%s', kind);
    end loop;
end $$;

-- Notes what differs between the file and the data set, for one kind of feature by its code. The version does not count.
create function note_differences(of_data_set integer, code integer) returns void
    language plpgsql set search_path from current as $$
declare
    kind  text := (feature_tables())[code + 1];
    moved text := case kind
        when 'link' then '(f.from_node, f.to_node) is distinct from (d.from_node, d.to_node)'
        when 'node' then '(f.longitude_e7, f.latitude_e7) is distinct from (d.longitude_e7, d.latitude_e7)'
        else 'true' end;
begin
    execute format(
        'insert into difference (kind, id, operation, own, moved, touched)'
        ' select %s, coalesce(f.id, d.id), case when d.id is null then 0 when f.id is null then 2 else 1 end, true, %s,'
        ' coalesce(bound_box(f.bbox, d.bbox), f.bbox, d.bbox)'
        ' from loading_%s f full join %I d on d.id = f.id'
        ' where f.id is null or d.id is null'
        ' or overlay(f.record placing substring(d.record from 9 for 4) from 9) <> d.record',
        code, moved, kind, kind || '_' || of_data_set);
end $$;

-- Notes all that differs, and what of it was edited here: what somebody else than a load changed last.
--
-- Heights belong to their feature: where only they differ the feature changes too, so that those who follow the history, or
-- keep answers by it, are told. They are no edits, so they are never kept for themselves.
create function compare_update(of_data_set integer) returns void language plpgsql set search_path from current as $$
declare
    heights record;
begin
    create temp table difference (
        kind      integer not null,
        id        bigint  not null,
        -- 0 added, 1 changed, 2 deleted, as in the history.
        operation integer not null,
        -- The feature itself differs, not only its heights.
        own       boolean not null,
        -- It comes, goes, or lies elsewhere: links at other nodes, nodes in another place.
        moved     boolean not null,
        touched   box     not null,
        -- Somebody else than a load changed it last.
        edited    boolean not null default false,
        kept      boolean not null default false,
        primary key (kind, id)
    ) on commit drop;
    for code in 0 .. 4 loop
        perform note_differences(of_data_set, code);
    end loop;
    for heights in
        select * from (values
            (0, 'link', 'height_3d', 'and f.kind = 1', 'and d.kind = 1'),
            (2, 'polygon', 'polygon_3d', '', ''),
            (3, 'polyline', 'height_3d', 'and f.kind = 2', 'and d.kind = 2')) as of (code, kind, name, of_file, of_set)
    loop
        execute format(
            'insert into difference (kind, id, operation, own, moved, touched)'
            ' select %s, p.id, 1, false, false, p.bbox'
            ' from (select * from loading_%s f where true %s) f full join (select * from %I d where true %s) d'
            ' on d.id = f.id'
            ' join %I p on p.id = coalesce(f.id, d.id) join loading_%s q on q.id = p.id'
            ' where f.id is null or d.id is null'
            ' or overlay(f.record placing substring(d.record from %s for 4) from %s) <> d.record'
            ' on conflict do nothing',
            heights.code, heights.name, heights.of_file, heights.name || '_' || of_data_set, heights.of_set,
            heights.kind || '_' || of_data_set, heights.kind,
            version_place(heights.name), version_place(heights.name));
    end loop;
    analyze difference;
    update difference c set edited = true, kept = true
    where c.own and (
        select h.save_key <> '' from change h
        where h.data_set = of_data_set and h.kind = c.kind and h.feature_id = c.id
        order by h.number desc limit 1);
end $$;

-- Keeps the edits. What an edit hangs on stays with it, so that the map is right in the end: a node that an edited link ends
-- at stays, and where it is; a link stays where its node was kept from moving; links and nodes of an edited turn rule stay,
-- and a rule of the file that would be about other links than these does not come. This goes on until nothing more has
-- to stay; all being kept is right in any case. Then the copied features are made what is to be, and around_kept has the
-- nodes whose links may be others than the file says.
create function keep_edits(of_data_set integer) returns void language plpgsql set search_path from current as $$
declare
    links   text := quote_ident('link_' || of_data_set);
    rules   text := quote_ident('pass_info_' || of_data_set);
    changed boolean;
    found_n integer;
    kind    text;
    columns text;
begin
    create temp table around_kept (id bigint primary key) on commit drop;
    if not exists (select from difference where kept) then
        return;
    end if;
    loop
        -- Nodes of links that are kept.
        execute format(
            'update difference n set kept = true where n.kind = 1 and not n.kept and n.moved and n.id in'
            ' (select unnest(array[d.from_node, d.to_node]) from difference l join %s d on d.id = l.id'
            '  where l.kind = 0 and l.kept)', links);
        get diagnostics found_n = row_count;
        changed := found_n > 0;
        -- Links of the file at nodes that are kept.
        update difference l set kept = true
        from loading_link f
        where l.kind = 0 and not l.kept and f.id = l.id and exists (
            select from difference n
            where n.kind = 1 and n.kept and n.moved and n.id in (f.from_node, f.to_node));
        get diagnostics found_n = row_count;
        changed := changed or found_n > 0;
        -- Links and nodes of rules that are kept.
        execute format(
            'update difference l set kept = true where l.kind = 0 and not l.kept and l.moved and l.id in'
            ' (select map.links_of_rule(d.from_link, d.via_links, d.to_link) from difference p join %s d on d.id = p.id'
            '  where p.kind = 4 and p.kept)', rules);
        get diagnostics found_n = row_count;
        changed := changed or found_n > 0;
        execute format(
            'update difference n set kept = true where n.kind = 1 and not n.kept and n.operation = 2 and n.id in'
            ' (select d.via_node from difference p join %s d on d.id = p.id where p.kind = 4 and p.kept)', rules);
        get diagnostics found_n = row_count;
        changed := changed or found_n > 0;
        -- Rules of the file about links and nodes that are kept from being what the file says.
        update difference p set kept = true
        from loading_pass_info f
        where p.kind = 4 and not p.kept and f.id = p.id and (
            exists (select from difference n where n.kind = 1 and n.kept and n.operation = 0 and n.id = f.via_node)
            or exists (
                select from links_of_rule(f.from_link, f.via_links, f.to_link) as about (link)
                join difference l on l.id = about.link
                where l.kind = 0 and l.kept and l.moved));
        get diagnostics found_n = row_count;
        changed := changed or found_n > 0;
        exit when not changed;
    end loop;

    execute format(
        'insert into around_kept'
        ' select id from difference where kind = 1 and kept'
        ' union select unnest(array[d.from_node, d.to_node]) from difference l join %s d on d.id = l.id'
        '  where l.kind = 0 and l.kept'
        ' union select unnest(array[f.from_node, f.to_node]) from difference l join loading_link f on f.id = l.id'
        '  where l.kind = 0 and l.kept', links);
    analyze around_kept;
    for code in 0 .. 4 loop
        kind := (feature_tables())[code + 1];
        execute format(
            'delete from loading_%s f using difference c where c.kept and c.kind = %s and c.id = f.id', kind, code);
        columns := feature_columns(kind, '', array[]::text[]);
        execute format(
            'insert into loading_%s (%s) select %s from %I'
            ' where id in (select c.id from difference c where c.kept and c.kind = %s)',
            kind, columns, columns, kind || '_' || of_data_set, code);
    end loop;
    delete from loading_polygon_3d f using difference c where c.kept and c.kind = 2 and c.id = f.id;
    columns := feature_columns('polygon_3d', '', array[]::text[]);
    execute format(
        'insert into loading_polygon_3d (%s) select %s from %I'
        ' where id in (select c.id from difference c where c.kept and c.kind = 2)',
        columns, columns, 'polygon_3d_' || of_data_set);
    delete from loading_height_3d f using difference c
    where c.kept and c.kind = case f.kind when 1 then 0 else 3 end and c.id = f.id;
    columns := feature_columns('height_3d', '', array[]::text[]);
    execute format(
        'insert into loading_height_3d (%s) select %s from %I d where exists ('
        ' select from difference c where c.kept and c.kind = case d.kind when 1 then 0 else 3 end and c.id = d.id)',
        columns, columns, 'height_3d_' || of_data_set);
end $$;

-- Writes what differs between what is to be and the data set. A feature that changes has the next version, one that is
-- added a version above all that it ever had, and each is in the history, by "load" and without a key: that is how the next
-- update knows that it was no edit. What an edit has made stays an edit when it only follows what is beside it.
create function finish_update(of_data_set integer, new_source text, new_attribution text,
                              out added bigint, out changed bigint, out deleted bigint)
    language plpgsql set search_path from current as $$
declare
    kind       text;
    part       text;
    columns    text;
    values_of  text;
    place      integer;
    same       text;
    count_of   bigint;
    counts     integer[];
    last_before bigint;
begin
    create temp table still_edited on commit drop as
        select c.kind, c.id from difference c where c.edited and c.kind in (1, 4);
    delete from difference where kept or difference.kind in (1, 4);
    perform note_differences(of_data_set, 1);
    perform note_differences(of_data_set, 4);
    analyze difference;
    create temp table made (
        kind      integer not null,
        id        bigint  not null,
        version   integer not null,
        operation integer not null,
        record    bytea   not null,
        touched   box     not null
    ) on commit drop;
    for code in 0 .. 4 loop
        kind := (feature_tables())[code + 1];
        part := quote_ident(kind || '_' || of_data_set);
        execute format(
            'with gone as (delete from %s d using difference c where c.kind = %s and c.operation = 2 and c.id = d.id'
            '  returning d.id, d.version, d.record, c.touched)'
            ' insert into made select %s, id, version, 2, record, touched from gone', part, code, code);
        columns := feature_columns(kind, '', array['data_set', 'id', 'version', 'record']);
        values_of := feature_columns(kind, 'f.', array['data_set', 'id', 'version', 'record']);
        execute format(
            'with changed as (update %s d set (%s, version, record) ='
            '  row(%s, d.version + 1, overlay(f.record placing version_bytes(d.version + 1) from 9))'
            '  from difference c join loading_%s f on f.id = c.id'
            '  where c.kind = %s and c.operation = 1 and c.id = d.id'
            '  returning d.id, d.version, d.record, c.touched)'
            ' insert into made select %s, id, version, 1, record, touched from changed',
            part, columns, values_of, kind, code, code);
        execute format(
            'with added as (insert into %s (data_set, id, version, %s, record)'
            '  select %s, f.id, v.version, %s, overlay(f.record placing version_bytes(v.version) from 9)'
            '  from difference c join loading_%s f on f.id = c.id'
            '  cross join lateral (select greatest(f.version, (select max(h.version) + 1 from change h'
            '   where h.data_set = %s and h.kind = %s and h.feature_id = f.id)) as version) v'
            '  where c.kind = %s and c.operation = 0'
            '  returning id, version, record, bbox)'
            ' insert into made select %s, id, version, 0, record, bbox from added',
            part, columns, of_data_set, values_of, kind,
            of_data_set, code, code, code);
    end loop;
    foreach kind in array array['polygon_3d', 'height_3d'] loop
        part := quote_ident(kind || '_' || of_data_set);
        place := version_place(kind);
        same := case kind when 'height_3d' then 'f.kind = d.kind and f.id = d.id' else 'f.id = d.id' end;
        execute format('delete from %s d where not exists (select from loading_%s f where %s)', part, kind, same);
        columns := feature_columns(kind, '', array['data_set', 'id', 'kind', 'record']);
        values_of := feature_columns(kind, 'f.', array['data_set', 'id', 'kind', 'record']);
        execute format(
            'update %s d set (%s, record) ='
            ' row(%s, overlay(f.record placing version_bytes(version_in(d.record, %s) + 1) from %s))'
            ' from loading_%s f where %s'
            ' and overlay(f.record placing substring(d.record from %s for 4) from %s) <> d.record',
            part, columns, values_of, place, place, kind, same, place, place);
        columns := feature_columns(kind, '', array[]::text[]);
        execute format(
            'insert into %s (%s) select %s from loading_%s f where not exists (select from %s d where %s)',
            part, columns, columns, kind, part, same);
    end loop;

    select count(*) filter (where operation = 0), count(*) filter (where operation = 1),
           count(*) filter (where operation = 2)
    into added, changed, deleted from made;
    if added + changed + deleted > 0 then
        -- Last of all but the data set's own row: until the commit nobody else can take numbers.
        update change_counter set last = last + added + changed + deleted
            returning last - added - changed - deleted into last_before;
        insert into change (number, data_set, changed_at, author, save_key, kind, feature_id, version, operation, record,
                            west, south, east, north)
            select last_before + row_number() over (order by m.kind, m.id), of_data_set, clock_timestamp(), 'load',
                   case when (m.kind, m.id) in (select e.kind, e.id from still_edited e) then 'kept' else '' end,
                   m.kind, m.id, m.version, m.operation, m.record,
                   (m.touched[1])[0], (m.touched[1])[1], (m.touched[0])[0], (m.touched[0])[1]
            from made m;
    end if;
    foreach kind in array feature_tables() loop
        execute format('select count(*) from %I', kind || '_' || of_data_set) into count_of;
        counts := counts || count_of::integer;
        execute format('drop table loading_%s', kind);
        execute format('analyze %I', kind || '_' || of_data_set);
    end loop;
    update data_set set source = new_source, attribution = new_attribution, loaded_at = now(),
        links = counts[1], nodes = counts[2], polygons = counts[3], polylines = counts[4],
        pass_infos = counts[5], polygons_3d = counts[6], heights_3d = counts[7]
    where id = of_data_set;
end $$;
