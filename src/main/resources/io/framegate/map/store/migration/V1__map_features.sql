-- The map: features of several data sets side by side, ready to be sent.
--
-- One table per kind of feature, partitioned by data set. A load fills tables of its own, which become partitions when
-- they are complete; so nobody sees half a data set, and a replaced one goes by dropping a table.
--
-- Every feature has
--   * typed columns, which are the truth;
--   * record: the element exactly as it goes over the wire, made from them. An answer is these, one after the other.
--     EXTERNAL storage: big ones move out of the row but are not compressed, since they would be inflated for each answer;
--   * bbox: made by the database from the typed columns, so that it cannot differ. Its unit is 1e-7 degree, not the degree:
--     PostgreSQL compares boxes with a tolerance of 1e-6, which is 11 cm in degrees but nothing between whole numbers.
-- Rows of a load lie in Morton order, so the features of an area lie in few pages.

create table data_set (
    id          integer     primary key,
    name        text        not null unique check (name <> ''),
    source      text        not null,
    attribution text        not null,
    loaded_at   timestamptz not null default now(),
    links       integer     not null,
    nodes       integer     not null,
    polygons    integer     not null,
    polylines   integer     not null
);

create sequence data_set_id as integer;

create table link (
    data_set   integer  not null,
    id         bigint   not null,
    version    integer  not null,
    from_node  bigint   not null,
    to_node    bigint   not null,
    road_class integer  not null,
    direction  integer  not null,
    lanes      smallint not null,
    speed_kmh  smallint not null,
    layer      smallint not null,
    min_zoom   smallint not null,
    name       text     not null,
    points     bytea    not null,
    west       integer  not null,
    south      integer  not null,
    east       integer  not null,
    north      integer  not null,
    record     bytea    not null,
    bbox       box      not null generated always as (box(point(west, south), point(east, north))) stored,
    primary key (data_set, id)
) partition by list (data_set);

create table node (
    data_set     integer  not null,
    id           bigint   not null,
    version      integer  not null,
    kind         integer  not null,
    longitude_e7 integer  not null,
    latitude_e7  integer  not null,
    min_zoom     smallint not null,
    name         text     not null,
    record       bytea    not null,
    bbox         box      not null
        generated always as (box(point(longitude_e7, latitude_e7), point(longitude_e7, latitude_e7))) stored,
    primary key (data_set, id)
) partition by list (data_set);

create table polygon (
    data_set integer  not null,
    id       bigint   not null,
    version  integer  not null,
    kind     integer  not null,
    layer    smallint not null,
    min_zoom smallint not null,
    name     text     not null,
    rings    bytea    not null,
    west     integer  not null,
    south    integer  not null,
    east     integer  not null,
    north    integer  not null,
    record   bytea    not null,
    bbox     box      not null generated always as (box(point(west, south), point(east, north))) stored,
    primary key (data_set, id)
) partition by list (data_set);

create table polyline (
    data_set integer  not null,
    id       bigint   not null,
    version  integer  not null,
    kind     integer  not null,
    layer    smallint not null,
    min_zoom smallint not null,
    name     text     not null,
    points   bytea    not null,
    west     integer  not null,
    south    integer  not null,
    east     integer  not null,
    north    integer  not null,
    record   bytea    not null,
    bbox     box      not null generated always as (box(point(west, south), point(east, north))) stored,
    primary key (data_set, id)
) partition by list (data_set);

alter table link     alter record set storage external, alter points set storage external;
alter table node     alter record set storage external;
alter table polygon  alter record set storage external, alter rings set storage external;
alter table polyline alter record set storage external, alter points set storage external;

create index link_bbox     on link     using gist (bbox);
create index node_bbox     on node     using gist (bbox);
create index polygon_bbox  on polygon  using gist (bbox);
create index polyline_bbox on polyline using gist (bbox);

-- The links of a node.
create index link_from_node on link (data_set, from_node);
create index link_to_node   on link (data_set, to_node);

-- Begins a load: makes the tables loading_link, loading_node, loading_polygon and loading_polyline, and gives the id that
-- the data set will have, which is also the default of their column data_set. All of a load is one transaction.
create function begin_load() returns integer language plpgsql set search_path from current as $$
declare
    new_id integer := nextval('data_set_id');
    kind   text;
begin
    foreach kind in array array['link', 'node', 'polygon', 'polyline'] loop
        execute format('create table loading_%s (like %I including generated including storage)', kind, kind);
        execute format('alter table loading_%s alter data_set set default %s', kind, new_id);
        -- Lets ATTACH take the new partition without reading it.
        execute format('alter table loading_%s add constraint one_data_set check (data_set = %s)', kind, new_id);
    end loop;
    return new_id;
end $$;

-- Ends a load: the tables become partitions, which also builds their keys and indexes, and a data set of the same name
-- goes. Its tables are dropped last, since from then on until the commit nobody else can read.
create function finish_load(new_id integer, new_name text, new_source text, new_attribution text)
    returns void language plpgsql set search_path from current as $$
declare
    old_id integer;
    kind   text;
    counts integer[];
    n      integer;
begin
    foreach kind in array array['link', 'node', 'polygon', 'polyline'] loop
        execute format('select count(*) from loading_%s', kind) into n;
        counts := counts || n;
        execute format('alter table loading_%s rename to %I', kind, kind || '_' || new_id);
        execute format('alter table %I attach partition %I for values in (%s)', kind, kind || '_' || new_id, new_id);
        execute format('alter table %I drop constraint one_data_set', kind || '_' || new_id);
        execute format('analyze %I', kind || '_' || new_id);
    end loop;
    delete from data_set where name = new_name returning id into old_id;
    insert into data_set (id, name, source, attribution, links, nodes, polygons, polylines)
        values (new_id, new_name, new_source, new_attribution, counts[1], counts[2], counts[3], counts[4]);
    if old_id is not null then
        foreach kind in array array['link', 'node', 'polygon', 'polyline'] loop
            execute format('drop table %I', kind || '_' || old_id);
        end loop;
    end if;
end $$;
