-- Once the database has gone back, a change gives a feature a version above all that it can have had before: at least the seconds
-- from 2020 to when the epoch began. Servers see to that for what is saved, and here it is done for updates of data sets too.

-- The version after a present one, 0 for none.
create function next_version(present integer) returns integer language sql stable set search_path from current as $$
    select greatest(present + 1,
        case when number > 0 then greatest(1, least(number / 1000000 - 1577836800, 1600000000)) else 0 end::integer)
    from epoch
$$;

-- As in V6, but by next_version.
do $migration$
declare
    was text := pg_get_functiondef('finish_update'::regproc);
    now text := was;
begin
    now := replace(now, 'd.version + 1', 'next_version(d.version)');
    now := replace(now, 'version_in(d.record, %s) + 1', 'next_version(version_in(d.record, %s))');
    now := replace(now, 'greatest(f.version, (select max(h.version) + 1 from change h',
                        'greatest(f.version, next_version(0), (select max(h.version) + 1 from change h');
    assert position('d.version + 1' in now) = 0 and position('next_version(version_in(' in now) > 0
        and position('next_version(0)' in now) > 0, 'finish_update is not that of V6';
    execute now;
end $migration$;
