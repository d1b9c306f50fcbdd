-- Turn rules, and the third dimension of polygons and lines: three more tables like those of V1.
--
-- pass_info has typed columns, which are the truth, like the features of V1. polygon_3d and height_3d are derived from the
-- same source as the feature that they belong to, by the load only; of them the record is all there is.

create table pass_info (
    data_set        integer  not null,
    id              bigint   not null,
    version         integer  not null,
    from_link       bigint   not null,
    via_node        bigint   not null,
    via_links       bytea    not null,
    to_link         bigint   not null,
    rule            integer  not null,
    turn            integer  not null,
    longitude_e7    integer  not null,
    latitude_e7     integer  not null,
    min_zoom        smallint not null,
    vehicles        text     not null,
    except_vehicles text     not null,
    condition       text     not null,
    record          bytea    not null,
    bbox            box      not null
        generated always as (box(point(longitude_e7, latitude_e7), point(longitude_e7, latitude_e7))) stored,
    primary key (data_set, id)
) partition by list (data_set);

-- The id is the polygon's, and so is the box.
create table polygon_3d (
    data_set integer  not null,
    id       bigint   not null,
    min_zoom smallint not null,
    west     integer  not null,
    south    integer  not null,
    east     integer  not null,
    north    integer  not null,
    record   bytea    not null,
    bbox     box      not null generated always as (box(point(west, south), point(east, north))) stored,
    primary key (data_set, id)
) partition by list (data_set);

-- The id and the box are those of a link (kind 1) or polyline (kind 2).
create table height_3d (
    data_set integer  not null,
    kind     integer  not null,
    id       bigint   not null,
    min_zoom smallint not null,
    west     integer  not null,
    south    integer  not null,
    east     integer  not null,
    north    integer  not null,
    record   bytea    not null,
    bbox     box      not null generated always as (box(point(west, south), point(east, north))) stored,
    primary key (data_set, kind, id)
) partition by list (data_set);

alter table pass_info  alter record set storage external;
alter table polygon_3d alter record set storage external;
alter table height_3d  alter record set storage external;

create index pass_info_bbox  on pass_info  using gist (bbox);
create index polygon_3d_bbox on polygon_3d using gist (bbox);
create index height_3d_bbox  on height_3d  using gist (bbox);

-- The rules of a node.
create index pass_info_via_node on pass_info (data_set, via_node);

-- Data sets of before have none of these until they are loaded again.
alter table data_set
    add column pass_infos  integer not null default 0,
    add column polygons_3d integer not null default 0,
    add column heights_3d  integer not null default 0;

-- The tables that a load fills: all that are partitioned by data set. The order is that of the counts in finish_load.
create function feature_tables() returns text[] language sql immutable as $$
    select array['link', 'node', 'polygon', 'polyline', 'pass_info', 'polygon_3d', 'height_3d']
$$;

-- So that every data set has every partition, those of before too.
do $$
declare
    old_id integer;
    kind   text;
begin
    for old_id in select id from data_set loop
        foreach kind in array array['pass_info', 'polygon_3d', 'height_3d'] loop
            execute format(
                'create table %I partition of %I for values in (%s)', kind || '_' || old_id, kind, old_id);
        end loop;
    end loop;
end $$;

-- As in V1, for all feature_tables().
create or replace function begin_load() returns integer language plpgsql set search_path from current as $$
declare
    new_id integer := nextval('data_set_id');
    kind   text;
begin
    foreach kind in array feature_tables() loop
        execute format('create table loading_%s (like %I including generated including storage)', kind, kind);
        execute format('alter table loading_%s alter data_set set default %s', kind, new_id);
        -- Lets ATTACH take the new partition without reading it.
        execute format('alter table loading_%s add constraint one_data_set check (data_set = %s)', kind, new_id);
    end loop;
    return new_id;
end $$;

-- As in V1, for all feature_tables().
create or replace function finish_load(new_id integer, new_name text, new_source text, new_attribution text)
    returns void language plpgsql set search_path from current as $$
declare
    old_id integer;
    kind   text;
    counts integer[];
    n      integer;
begin
    foreach kind in array feature_tables() loop
        execute format('select count(*) from loading_%s', kind) into n;
        counts := counts || n;
        execute format('alter table loading_%s rename to %I', kind, kind || '_' || new_id);
        execute format('alter table %I attach partition %I for values in (%s)', kind, kind || '_' || new_id, new_id);
        execute format('alter table %I drop constraint one_data_set', kind || '_' || new_id);
        execute format('analyze %I', kind || '_' || new_id);
    end loop;
    delete from data_set where name = new_name returning id into old_id;
    insert into data_set (id, name, source, attribution, links, nodes, polygons, polylines,
                          pass_infos, polygons_3d, heights_3d)
        values (new_id, new_name, new_source, new_attribution, counts[1], counts[2], counts[3], counts[4],
                counts[5], counts[6], counts[7]);
    if old_id is not null then
        foreach kind in array feature_tables() loop
            execute format('drop table %I', kind || '_' || old_id);
        end loop;
    end if;
end $$;
