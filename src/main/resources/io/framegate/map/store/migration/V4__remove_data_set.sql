-- Removes a data set with all its tables, whatever kinds of feature there are: they are the partitions whose name ends in
-- its id. Returns false if there is no such data set. The tables go last, since from then on until the commit nobody else
-- can read.
create function remove_data_set(old_name text) returns boolean language plpgsql set search_path from current as $$
declare
    old_id integer;
    part   regclass;
begin
    delete from data_set where name = old_name returning id into old_id;
    if old_id is null then
        return false;
    end if;
    for part in
        select c.oid::regclass
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname like '%\_' || old_id
        order by c.relname
    loop
        execute format('drop table %s', part);
    end loop;
    return true;
end $$;
